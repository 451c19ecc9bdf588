import type { streamOperations } from '../../shared/contract/streams.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { SavedStreamConfig } from '../../shared/model/saved-stream-config.ts';
import type { StreamDetail } from '../../shared/model/stream.ts';
import type { DocumentStore } from '../stores/document-store.ts';
import type { Journal } from '../stores/journal.ts';
import type { PreparedEnds, Supervisor } from '../streams/supervisor.ts';
import type { ConnectionAccess } from './connection-access.ts';
import type { Handlers } from './dispatcher.ts';
import { findConfig } from './stream-configs.ts';
import { namedClaims, surveyedClaims } from './target-claims.ts';
import type { Verifications } from './verifications.ts';

export interface StreamParts {
  readonly store: DocumentStore;
  readonly journal: Journal;
  readonly access: ConnectionAccess;
  readonly supervisor: Supervisor;
  readonly verifications: Verifications;
}

/** How long reaching both databases may take before a stream starts, in milliseconds. */
const surveyMs = 60_000;
/** How long a stop waits for databases to let go of what a stream without a host keeps in them. */
const releaseMs = 5_000;

/** Resolves secrets and reaches both databases. Not bound to the caller: one who hangs up does not stop a start half-way. */
export async function prepareEnds(access: ConnectionAccess, config: SavedStreamConfig): Promise<PreparedEnds> {
  const opened = await access.openEnds(config);
  const survey = await access.ask(opened, surveyMs, new AbortController().signal, (inspector, ends, call) =>
    inspector.survey(ends, call),
  );
  return { ...opened.ends, secrets: opened.secrets, claims: surveyedClaims(survey) };
}

/** The same for a stream that goes on by itself: its claims are known, and its host waits for databases. */
export async function unattendedEnds(access: ConnectionAccess, config: SavedStreamConfig): Promise<PreparedEnds> {
  const { ends, secrets } = await access.openEnds(config);
  return { ...ends, secrets, claims: [], isUnattended: true };
}

export function streamHandlers(parts: StreamParts): Handlers<keyof typeof streamOperations> {
  const { store, journal, access, supervisor, verifications } = parts;
  const prepare = (config: SavedStreamConfig) => prepareEnds(access, config);

  const release = async ({ id, config }: StreamDetail) => {
    try {
      return await access.ask(
        await access.openEnds(config),
        releaseMs,
        new AbortController().signal,
        (inspector, ends, call) => inspector.release(ends, id, call),
      );
    } catch (error) {
      const { message } = SluiceError.from(error);
      const text = `What the stream keeps in its databases could not be dropped: ${message}`;
      return [{ severity: 'warning' as const, code: 'release_failed', message: text }];
    }
  };

  return {
    'streams.list': (filter) => supervisor.list(filter),
    'streams.get': ({ id }) => supervisor.detail(id),
    'streams.delete': async ({ id }) => {
      verifications.refuseWhileRunning(id);
      await supervisor.delete(id, release);
    },

    'streams.start': async ({ id }) => {
      const config = findConfig(store.document, id);
      const { target } = access.endsOf(config);
      const stream = await supervisor.start(config, namedClaims(config, target), prepare);
      return { id: stream.id, status: 'RUNNING', started: stream.started! };
    },
    'streams.pause': async ({ id }) => {
      const stream = await supervisor.pause(id);
      return { id, status: 'PAUSED', paused: stream.paused! };
    },
    'streams.resume': async ({ id }) => {
      verifications.refuseWhileRunning(id);
      const stream = await supervisor.resume(id, prepare);
      return { id, status: 'RUNNING', resumed: stream.resumed! };
    },
    'streams.stop': async ({ id }) => {
      const stream = await supervisor.stop(id, release);
      return { id, status: 'STOPPED', stopped: stream.stopped! };
    },
    'streams.finish': async ({ id }) => {
      const { status } = await supervisor.finish(id);
      return { id, status };
    },

    'streams.stats': ({ id }) => supervisor.statistics(id),
    'streams.logs': ({ id, ...page }) => {
      supervisor.detail(id);
      return journal.logs(id, page);
    },
    'streams.errors': ({ id, ...page }) => {
      supervisor.detail(id);
      return journal.rowErrors(id, page);
    },

    'streams.verification': ({ id }) => verifications.latest(supervisor.detail(id)),
    'streams.verify': async ({ id }) => await verifications.start(supervisor.detail(id)),
    'streams.repair': async ({ id }) => await verifications.repair(supervisor.detail(id)),
  };
}
