import type { streamConfigOperations } from '../../shared/contract/stream-configs.ts';
import { invalidField } from '../../shared/errors/invalid-input.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { newIdentifier } from '../../shared/model/identifier.ts';
import type { SavedStreamConfig, StreamConfigBody } from '../../shared/model/saved-stream-config.ts';
import type { DocumentStore } from '../stores/document-store.ts';
import type { StoredDocument } from '../stores/document.ts';
import { unixSeconds, type Clock } from '../streams/clock.ts';
import type { Supervisor } from '../streams/supervisor.ts';
import { cloneName } from './clone-name.ts';
import type { ConnectionAccess } from './connection-access.ts';
import type { CallContext, Handlers } from './dispatcher.ts';

export interface StreamConfigParts {
  readonly store: DocumentStore;
  readonly access: ConnectionAccess;
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  readonly announce: () => void;
}

/** How long planning and profiling may take, in milliseconds: a profile reads every row. */
const planMs = 300_000;
const profileMs = 3_600_000;

export function streamConfigHandlers({
  store,
  access,
  supervisor,
  clock,
  announce,
}: StreamConfigParts): Handlers<keyof typeof streamConfigOperations> {
  const save = (change: (configs: readonly SavedStreamConfig[]) => readonly SavedStreamConfig[]) => {
    store.update((document) => ({ ...document, streamConfigs: change(document.streamConfigs) }));
    announce();
  };

  /** What the schema cannot see: other configs and connections. */
  const check = (body: StreamConfigBody, stored: SavedStreamConfig | null) => {
    for (const field of ['id', 'created'] as const) {
      if (body[field] !== undefined && body[field] !== stored?.[field])
        throw invalidField(field, stored ? 'cannot be changed' : 'is set by the server');
    }
    refuseTakenName(store.document, body.name, stored?.id);
    access.endsOf(body);
  };

  return {
    'streamConfigs.list': () => [...store.document.streamConfigs],

    'streamConfigs.create': ({ body }, context) => {
      check(body, null);
      const created = unixSeconds(clock);
      const config = asGiven(newIdentifier('config', created), created, body, context);
      save((configs) => [...configs, config]);
      return config;
    },

    'streamConfigs.validate': ({ body }) => {
      const stored = store.document.streamConfigs.find((each) => each.id === body.id);
      check(body, stored ?? null);
      return { valid: true };
    },

    'streamConfigs.get': ({ id }) => findConfig(store.document, id),

    'streamConfigs.update': ({ id, body }, context) => {
      const stored = findConfig(store.document, id);
      check(body, stored);
      const config = asGiven(id, stored.created, body, context);
      save((configs) => configs.map((each) => (each.id === id ? config : each)));
      return config;
    },

    'streamConfigs.delete': ({ id }) => {
      const { name } = findConfig(store.document, id);
      const stream = supervisor.inUse().find((each) => each.configID === id);
      if (stream) {
        const message = `Stream ${stream.id} of stream configuration "${name}" is active. Stop it first.`;
        throw new SluiceError('conflict', message, { streamID: stream.id });
      }
      save((configs) => configs.filter((each) => each.id !== id));
    },

    'streamConfigs.clone': ({ id }) => {
      const original = findConfig(store.document, id);
      const created = unixSeconds(clock);
      const name = cloneName(original.name, store.document.streamConfigs);
      const copy = { ...structuredClone(original), id: newIdentifier('config', created), name, created };
      save((configs) => [...configs, copy]);
      return copy;
    },

    'streamConfigs.plan': async ({ id }, { signal }) =>
      await access.ask(await access.openEnds(findConfig(store.document, id)), planMs, signal, (inspector, ends, call) =>
        inspector.plan(ends, call),
      ),

    'streamConfigs.profile': async ({ id }, { signal }) =>
      await access.ask(
        await access.openEnds(findConfig(store.document, id)),
        profileMs,
        signal,
        (inspector, ends, call) => inspector.profile(ends, call),
      ),
  };
}

/** Throws `not_found`. */
export function findConfig(document: StoredDocument, id: string): SavedStreamConfig {
  const config = document.streamConfigs.find((each) => each.id === id);
  if (config) return config;
  if (id.startsWith('stream_')) {
    throw new SluiceError(
      'not_found',
      `${id} is the id of a stream; this address takes the id of a stream configuration (config_...).`,
    );
  }
  throw new SluiceError('not_found', `There is no stream configuration ${id}.`);
}

function refuseTakenName(document: StoredDocument, name: string, id: string | undefined): void {
  if (document.streamConfigs.some((each) => each.name === name && each.id !== id))
    throw invalidField('name', 'is taken by another stream configuration');
}

/** The reference's fields with their defaults, and every other field as it was given: what was not set stays absent. */
function asGiven(id: string, created: number, body: StreamConfigBody, { given }: CallContext): SavedStreamConfig {
  const { name, source, target, mode, dataBundleSize, limits, reportingIntervals, createStructure } = body;
  // JSON there and back: a caller in this process may have given objects with undefined fields, and may change them later.
  const { tables = body.tables, ...extras } = JSON.parse(JSON.stringify(given['body'])) as Partial<SavedStreamConfig>;
  return {
    id,
    name,
    source,
    target,
    mode,
    created,
    dataBundleSize,
    limits,
    reportingIntervals,
    tables,
    createStructure,
    ...Object.fromEntries(Object.entries(extras).filter(([field]) => !referenceFields.has(field))),
  };
}

const referenceFields: ReadonlySet<string> = new Set([
  'id',
  'name',
  'source',
  'target',
  'mode',
  'created',
  'dataBundleSize',
  'limits',
  'reportingIntervals',
  'createStructure',
]);
