import { describe, expect, test } from 'vitest';
import { refusal, transition, type LifecycleEvent, type LifecycleState } from '../../src/main/streams/lifecycle.ts';
import { phases } from '../../src/shared/model/run-event.ts';

type Place = 'READY' | 'RUNNING' | 'streaming' | 'PAUSED' | 'STOPPED' | 'FINISHED' | 'FAILED' | 'resumable';

const states: Record<Place, LifecycleState> = {
  READY: { status: 'READY', resumable: false, phase: null },
  RUNNING: { status: 'RUNNING', resumable: false, phase: 'copying' },
  streaming: { status: 'RUNNING', resumable: false, phase: 'streaming' },
  PAUSED: { status: 'PAUSED', resumable: false, phase: null },
  STOPPED: { status: 'STOPPED', resumable: false, phase: null },
  FINISHED: { status: 'FINISHED', resumable: false, phase: null },
  FAILED: { status: 'FAILED', resumable: false, phase: null },
  resumable: { status: 'FAILED', resumable: true, phase: null },
};

const running = { status: 'RUNNING', resumable: false, phase: 'checking' };
const at = (place: Place) => states[place];
const no = null;

/** What every event leads to from every state, in the order of `states`. null: a conflict. */
const expected: Record<string, { event: LifecycleEvent; next: Record<Place, unknown> }> = {
  start: {
    event: { type: 'start' },
    next: {
      READY: running,
      RUNNING: no,
      streaming: no,
      PAUSED: no,
      STOPPED: no,
      FINISHED: no,
      FAILED: no,
      resumable: no,
    },
  },
  phase: {
    event: { type: 'phase', phase: 'indexing' },
    next: {
      READY: no,
      RUNNING: { ...running, phase: 'indexing' },
      streaming: { ...running, phase: 'indexing' },
      PAUSED: no,
      STOPPED: no,
      FINISHED: no,
      FAILED: no,
      resumable: no,
    },
  },
  pause: {
    event: { type: 'pause' },
    next: {
      READY: no,
      RUNNING: at('PAUSED'),
      streaming: at('PAUSED'),
      PAUSED: no,
      STOPPED: no,
      FINISHED: no,
      FAILED: no,
      resumable: no,
    },
  },
  resume: {
    event: { type: 'resume' },
    next: {
      READY: no,
      RUNNING: no,
      streaming: no,
      PAUSED: running,
      STOPPED: no,
      FINISHED: no,
      FAILED: no,
      resumable: running,
    },
  },
  stop: {
    event: { type: 'stop' },
    next: {
      READY: at('STOPPED'),
      RUNNING: at('STOPPED'),
      streaming: at('STOPPED'),
      PAUSED: at('STOPPED'),
      STOPPED: no,
      FINISHED: no,
      FAILED: no,
      resumable: at('STOPPED'),
    },
  },
  finish: {
    event: { type: 'finish' },
    next: {
      READY: no,
      RUNNING: at('FINISHED'),
      streaming: at('FINISHED'),
      PAUSED: no,
      STOPPED: no,
      FINISHED: no,
      FAILED: no,
      resumable: no,
    },
  },
  'fail for good': {
    event: { type: 'fail', resumable: false },
    next: {
      READY: at('FAILED'),
      RUNNING: at('FAILED'),
      streaming: at('FAILED'),
      PAUSED: no,
      STOPPED: no,
      FINISHED: no,
      FAILED: no,
      resumable: no,
    },
  },
  'fail resumable': {
    event: { type: 'fail', resumable: true },
    next: {
      READY: at('resumable'),
      RUNNING: at('resumable'),
      streaming: at('resumable'),
      PAUSED: no,
      STOPPED: no,
      FINISHED: no,
      FAILED: no,
      resumable: no,
    },
  },
  recover: {
    event: { type: 'recover' },
    next: {
      READY: no,
      RUNNING: at('PAUSED'),
      streaming: at('PAUSED'),
      PAUSED: no,
      STOPPED: no,
      FINISHED: no,
      FAILED: no,
      resumable: no,
    },
  },
  'cut over': {
    event: { type: 'cut-over' },
    next: {
      READY: no,
      RUNNING: no,
      streaming: at('streaming'),
      PAUSED: no,
      STOPPED: no,
      FINISHED: no,
      FAILED: no,
      resumable: no,
    },
  },
  delete: {
    event: { type: 'delete' },
    next: {
      READY: no,
      RUNNING: no,
      streaming: no,
      PAUSED: no,
      STOPPED: at('STOPPED'),
      FINISHED: at('FINISHED'),
      FAILED: at('FAILED'),
      resumable: at('resumable'),
    },
  },
};

describe.each(Object.entries(expected))('%s', (_, { event, next }) => {
  test.each(Object.entries(next) as [Place, unknown][])('in %s', (place, following) => {
    expect(transition(states[place], event)).toEqual(following);
  });
});

test.each(phases)('phase %s is entered and left with RUNNING', (phase) => {
  const inPhase = transition(states.RUNNING, { type: 'phase', phase });
  expect(inPhase).toEqual({ status: 'RUNNING', resumable: false, phase });
  expect(transition(inPhase!, { type: 'pause' })!.phase).toBe(null);
});

test.each(['catching-up', 'streaming'] as const)('a cut-over is possible while %s', (phase) => {
  expect(transition({ ...states.RUNNING, phase }, { type: 'cut-over' })).not.toBe(null);
});

test('refusals name the state', () => {
  expect(refusal(states.resumable, 'pause')).toBe('is FAILED (resumable); only a RUNNING stream can be paused.');
  expect(refusal(states.RUNNING, 'cut-over')).toContain('RUNNING, copying');
  for (const command of ['resume', 'stop', 'delete', 'start'] as const)
    expect(refusal(states.FINISHED, command)).toMatch(/^is FINISHED/);
});
