/**
 * The engine in a process of its own, as in the app: a statement of SQLite that takes minutes keeps neither the display
 * nor Ctrl+C waiting, and a crash is an error like others.
 */
import type { z } from 'zod';
import type { CopyPlan, ProfileReport, VerifyResult } from '../../shared/model/copy-plan.ts';
import type { RunEvent } from '../../shared/model/run-event.ts';
import { childProcessFactory } from '../hosts/child-process-factory.ts';
import { endRun } from '../hosts/end-run.ts';
import { HostClient, type CallOptions } from '../hosts/host-client.ts';
import { plainEnvironment } from '../hosts/host-environment.ts';
import type { EventOf, HostOperations, InputOf, OutputOf } from '../hosts/host-protocol.ts';
import { inspectorOperations } from '../hosts/inspector-operations.ts';
import type { StreamEnds } from '../hosts/inspector.ts';
import { streamOperations } from '../hosts/stream-operations.ts';
import type { CommandContext } from './command-context.ts';

export type EndEvent = Extract<RunEvent, { type: 'end' }>;

/** After an interruption the engine has this long to cancel its work in the databases; then its process is ended. */
const graceMs = 10_000;
const endRunWithinMs = 3_000;
/** Limit of the JavaScript heap. Rows are buffers, outside of it. */
const heapMegabytes = 1024;

/** Copies. Resolves with the event `end`, which `onEvent` does not get. Rejects only when the process is lost. */
export async function runInHost(
  assignment: z.output<(typeof streamOperations)['run']['input']>,
  context: CommandContext,
  onEvent: (event: RunEvent) => void,
): Promise<EndEvent> {
  const { signal } = context.interruption;
  let end: EndEvent | null = null;
  try {
    await callHost(context.hosts.stream, streamOperations, 'run', assignment, context, (events) => {
      for (const event of events) {
        if (event.type === 'end') end = event;
        else onEvent(event);
      }
    });
    return end!;
  } catch (error) {
    // The process was ended under its work: the servers may not have noticed yet.
    if (signal.aborted) await endRun(assignment, assignment, AbortSignal.timeout(endRunWithinMs));
    throw error;
  }
}

/** What a run would do. Rejects with a SluiceError. */
export const planInHost = (ends: StreamEnds, context: CommandContext): Promise<CopyPlan> =>
  callHost(context.hosts.inspector, inspectorOperations, 'plan', ends, context);

/** Reads the rows that types depend on. Rejects with a SluiceError. */
export const profileInHost = (ends: StreamEnds, context: CommandContext): Promise<ProfileReport> =>
  callHost(context.hosts.inspector, inspectorOperations, 'profile', ends, context);

/** Compares both ends by value; `repair` also copies the rows again that differ. Rejects with a SluiceError. */
export const compareInHost = (
  how: 'verify' | 'repair',
  ends: StreamEnds,
  context: CommandContext,
  onEvent: (event: RunEvent) => void,
): Promise<VerifyResult> =>
  callHost(context.hosts.inspector, inspectorOperations, how, ends, context, (events) => events.forEach(onEvent));

async function callHost<Operations extends HostOperations, Name extends keyof Operations & string>(
  entry: URL,
  operations: Operations,
  name: Name,
  input: InputOf<Operations[Name]>,
  { environment, interruption }: CommandContext,
  onEvent?: CallOptions<EventOf<Operations[Name]>>['onEvent'],
): Promise<OutputOf<Operations[Name]>> {
  const launch = { title: 'Sluice', heapMegabytes, environment: plainEnvironment(environment) };
  const host = childProcessFactory().fork(entry, launch);
  const client = new HostClient(host, operations, { title: 'The process of the engine', hangMs: null });
  // The child does not keep this process alive.
  const alive = setInterval(() => undefined, 60_000);
  // What is told here and cannot be taken in ends the work.
  const failed = new AbortController();
  const takeIn: typeof onEvent = (events) => {
    try {
      onEvent?.(events);
    } catch (error) {
      failed.abort(error);
    }
  };
  const signal = AbortSignal.any([interruption.signal, failed.signal]);
  // A host that is stuck in a statement does not notice that this process is gone.
  const keep = interruption.beforeForcedExit(() => client.kill());
  try {
    const output = await client.call(name, input, { signal, graceMs, ...(onEvent && { onEvent: takeIn }) });
    failed.signal.throwIfAborted();
    return output;
  } catch (error) {
    failed.signal.throwIfAborted();
    throw error;
  } finally {
    keep();
    clearInterval(alive);
    client.kill();
  }
}
