/**
 * The states of a stream and what leads from one to the next (SPEC 5): the only place that decides what is legal.
 *
 *   READY --start--> RUNNING --pause--> PAUSED --resume--> RUNNING --finish--> FINISHED
 *                       \--fail--> FAILED (resumable: --resume--> RUNNING)
 *   stop leads to STOPPED from every state that has not ended; recover is the start of the app after a crash.
 */
import type { Phase } from '../../shared/model/run-event.ts';
import type { StreamStatus } from '../../shared/model/stream.ts';

export interface LifecycleState {
  readonly status: StreamStatus;
  /** Only in FAILED: `resume` is legal. */
  readonly resumable: boolean;
  /** null outside RUNNING. */
  readonly phase: Phase | null;
}

export type LifecycleEvent =
  | { readonly type: 'start' | 'pause' | 'resume' | 'stop' | 'finish' | 'recover' | 'delete' | 'cut-over' }
  | { readonly type: 'phase'; readonly phase: Phase }
  | { readonly type: 'fail'; readonly resumable: boolean };

/** FAILED counts as two states, since they allow different things. */
type Place = StreamStatus | 'RESUMABLE';

/** What each event leads to, by the state it finds. A pair that is not listed is a conflict. */
const table: Record<LifecycleEvent['type'], Partial<Record<Place, StreamStatus>>> = {
  start: { READY: 'RUNNING' },
  phase: { RUNNING: 'RUNNING' },
  pause: { RUNNING: 'PAUSED' },
  resume: { PAUSED: 'RUNNING', RESUMABLE: 'RUNNING' },
  stop: { READY: 'STOPPED', RUNNING: 'STOPPED', PAUSED: 'STOPPED', RESUMABLE: 'STOPPED' },
  finish: { RUNNING: 'FINISHED' },
  fail: { READY: 'FAILED', RUNNING: 'FAILED' },
  recover: { RUNNING: 'PAUSED' },
  // The stream goes on running while it drains; `finish` follows.
  'cut-over': { RUNNING: 'RUNNING' },
  // Nothing follows: the state is what is deleted.
  delete: { STOPPED: 'STOPPED', FINISHED: 'FINISHED', FAILED: 'FAILED', RESUMABLE: 'FAILED' },
};

/** Phases in which a stream captures changes, so that a cut-over means something. */
const changePhases: readonly (Phase | null)[] = ['catching-up', 'streaming'];

export const readyState: LifecycleState = { status: 'READY', resumable: false, phase: null };

/** The state that follows; null when the event is a conflict with the state. */
export function transition(state: LifecycleState, event: LifecycleEvent): LifecycleState | null {
  if (event.type === 'cut-over' && !changePhases.includes(state.phase)) return null;
  const place: Place = state.status === 'FAILED' && state.resumable ? 'RESUMABLE' : state.status;
  const status = table[event.type][place];
  if (status === undefined) return null;
  if (event.type === 'delete' || event.type === 'cut-over') return state;
  return {
    status,
    resumable: event.type === 'fail' && event.resumable,
    phase: status !== 'RUNNING' ? null : event.type === 'phase' ? event.phase : 'checking',
  };
}

/** READY, RUNNING and PAUSED: the stream holds its target tables and its connections. */
export function isActive(status: StreamStatus): boolean {
  return status === 'READY' || status === 'RUNNING' || status === 'PAUSED';
}

/** Why a command is refused, as the end of a sentence that begins with the stream. */
export function refusal(state: LifecycleState, command: LifecycleEvent['type']): string {
  const now = state.status === 'FAILED' && state.resumable ? 'FAILED (resumable)' : state.status;
  switch (command) {
    case 'pause':
      return `is ${now}; only a RUNNING stream can be paused.`;
    case 'resume':
      return `is ${now}; only a PAUSED stream, or a FAILED one that is resumable, can be resumed.`;
    case 'stop':
      return `is ${now}: it has ended already.`;
    case 'delete':
      return `is ${now}; stop it before deleting it.`;
    case 'cut-over':
      return `is ${now}${state.phase === null ? '' : `, ${state.phase}`}; only a stream that captures changes can be finished.`;
    default:
      return `is ${now}, which does not allow this.`;
  }
}
