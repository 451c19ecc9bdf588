/** Why streams are in their states, as the people who read it are told. */
import type { ErrorData } from '../../shared/errors/sluice-error.ts';
import type { PausedBy } from '../../shared/model/stream.ts';

export const crashError: ErrorData = {
  code: 'host_crashed',
  message: 'The process that ran the stream ended without a word. Resume continues from what the target has committed.',
};

export const pauseReasons: Record<PausedBy, string | null> = {
  user: null,
  engine: null,
  quit: 'Sluice was closed while the stream was running.',
  crash: 'Sluice ended unexpectedly while the stream was running. Resume continues from what the target has committed.',
};

export const unansweredReason = 'Its process did not answer in time and was ended; what it had committed stays.';

/** `taken`: Unix seconds, here and below. */
export const snapshotHeld = (taken: number) =>
  `The snapshot of ${timeOf(taken)} stays open until the stream is resumed or stopped. ${snapshotBurden}`;

export const snapshotOld = (taken: number, hours: number) =>
  `The snapshot of ${timeOf(taken)} is ${hours} ${hours === 1 ? 'hour' : 'hours'} old and stays open. ${snapshotBurden}`;

/** `why`: as the beginning of a sentence. */
export const snapshotLost = (taken: number, why: string) =>
  `${why.replace(/\.$/, '')}: the snapshot of ${timeOf(taken)} that the stream held is gone. When it is resumed, tables that are not complete start again, unless the source can prove that it did not change.`;

const snapshotBurden = 'Until then the source keeps old rows for it, and locks on the tables that were read.';

const timeOf = (seconds: number) => new Date(seconds * 1000).toISOString();
