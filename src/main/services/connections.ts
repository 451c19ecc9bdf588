import type { connectionOperations } from '../../shared/contract/connections.ts';
import { invalidField } from '../../shared/errors/invalid-input.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { newIdentifier } from '../../shared/model/identifier.ts';
import type { ConnectionBody, SavedConnection } from '../../shared/model/saved-connection.ts';
import type { Structure } from '../../shared/model/structure.ts';
import type { Vault } from '../credentials/vault.ts';
import type { DocumentStore } from '../stores/document-store.ts';
import type { StoredDocument } from '../stores/document.ts';
import { unixSeconds, type Clock } from '../streams/clock.ts';
import type { Supervisor } from '../streams/supervisor.ts';
import { environmentReference, secretAccounts, type ConnectionAccess } from './connection-access.ts';
import { readConnection, type ReadConnection } from './connection-input.ts';
import { cloneName } from './clone-name.ts';
import type { Handlers } from './dispatcher.ts';

export interface ConnectionParts {
  readonly store: DocumentStore;
  readonly vault: Vault;
  readonly access: ConnectionAccess;
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  readonly announce: () => void;
}

/** How long a database may take to answer, in milliseconds. */
const pingMs = 10_000;
const listMs = 30_000;
const structureMs = 120_000;
const structuresKept = 20;

export function connectionHandlers(parts: ConnectionParts): Handlers<keyof typeof connectionOperations> {
  const { store, vault, access, supervisor, clock, announce } = parts;
  /** Structures read lately, oldest first. */
  const structures = new Map<string, Structure>();

  const save = (change: (document: StoredDocument) => StoredDocument) => {
    store.update(change);
    announce();
  };

  /** Puts given secrets into the vault, removes those that are to be gone, and says what the connection has then. */
  const keepSecrets = async (id: string, { password, clientKey, fields }: ReadConnection, old?: SavedConnection) => {
    const accounts = secretAccounts(id);
    const isFile = fields.type === 'sqlite';
    const keep = async (account: string, secret: string | undefined, had: boolean) => {
      if (secret === undefined && !isFile) return had;
      if (secret) await vault.set(account, secret);
      else if (had) await vault.delete(account);
      return !!secret;
    };
    const isReference = password !== undefined && environmentReference(password) !== null;
    const hasPassword = await keep(accounts.password, isReference ? '' : password, old?.hasPassword ?? false);
    const hasClientKey = await keep(accounts.clientKey, clientKey, old?.hasClientKey ?? false);
    const reference = password === undefined && !isFile ? old?.passwordFrom : isReference ? password : undefined;
    return { hasPassword, hasClientKey, ...(reference === undefined ? {} : { passwordFrom: reference }) };
  };

  const dropSecrets = async (connection: Pick<SavedConnection, 'id' | 'hasPassword' | 'hasClientKey'>) => {
    const accounts = secretAccounts(connection.id);
    if (connection.hasPassword) await vault.delete(accounts.password);
    if (connection.hasClientKey) await vault.delete(accounts.clientKey);
  };

  /** Stores a new connection whose secrets are in the vault already; takes them out again when that fails. */
  const add = async (connection: SavedConnection) => {
    try {
      save((document) => {
        refuseTakenName(document, connection);
        return { ...document, connections: [...document.connections, connection] };
      });
    } catch (error) {
      await dropSecrets(connection);
      throw error;
    }
  };

  const streamUsing = (id: string) =>
    supervisor.inUse().find((stream) => stream.source === id || stream.target === id)?.id;

  const ask = async <Answer>(
    id: string,
    timeoutMs: number,
    signal: AbortSignal,
    question: Parameters<typeof access.ask<Awaited<ReturnType<typeof access.open>>['ends'], Answer>>[3],
  ) => await access.ask(await access.open(access.find(id)), timeoutMs, signal, question);

  return {
    'connections.list': () => [...store.document.connections],

    'connections.create': async ({ body }) => {
      refuseServerFields(body, null);
      const read = readConnection(body);
      refuseTakenName(store.document, { id: '', name: read.fields.name });
      const created = unixSeconds(clock);
      const id = newIdentifier('conn', created);
      await add({ id, created, ...read.fields, ...(await keepSecrets(id, read)) });
      return { id, created };
    },

    'connections.get': ({ id }) => access.find(id),

    'connections.update': async ({ id, body }) => {
      const old = access.find(id);
      refuseServerFields(body, old);
      const read = readConnection(body);
      refuseTakenName(store.document, { id, name: read.fields.name });
      const user = streamUsing(id);
      const moved = (['type', 'host', 'port', 'socket', 'database', 'path'] as const).find(
        (field) => old[field] !== read.fields[field],
      );
      if (user !== undefined && moved !== undefined) {
        throw new SluiceError(
          'conflict',
          `Stream ${user} uses connection "${old.name}", so its ${moved} cannot change. Stop the stream first.`,
          { streamID: user, field: moved },
        );
      }
      const updated: SavedConnection = {
        id,
        created: old.created,
        ...read.fields,
        ...(await keepSecrets(id, read, old)),
      };
      save((document) => {
        refuseTakenName(document, updated);
        return { ...document, connections: document.connections.map((each) => (each.id === id ? updated : each)) };
      });
      structures.delete(id);
      return updated;
    },

    'connections.delete': async ({ id }) => {
      const connection = access.find(id);
      const user = streamUsing(id);
      if (user !== undefined) {
        const message = `Stream ${user} uses connection "${connection.name}". Stop it first.`;
        throw new SluiceError('conflict', message, { streamID: user });
      }
      await dropSecrets(connection);
      save((document) => ({ ...document, connections: document.connections.filter((each) => each.id !== id) }));
      structures.delete(id);
    },

    'connections.clone': async ({ id }) => {
      const original = access.find(id);
      const created = unixSeconds(clock);
      const copy = { ...original, id: newIdentifier('conn', created), created };
      const [from, to] = [secretAccounts(id), secretAccounts(copy.id)];
      for (const [has, source, target] of [
        [original.hasPassword, from.password, to.password],
        [original.hasClientKey, from.clientKey, to.clientKey],
      ] as const) {
        const secret = has ? await vault.get(source) : null;
        if (secret !== null) await vault.set(target, secret);
      }
      const named = { ...copy, name: cloneName(original.name, store.document.connections) };
      await add(named);
      return named;
    },

    'connections.ping': async ({ id }, { signal }) => ({
      ping: 'ok',
      ...(await ask(id, pingMs, signal, (inspector, settings, call) => inspector.ping(settings, call))),
    }),

    'connections.test': async ({ body }, { signal }) => {
      const stored = body.id === undefined ? null : access.find(body.id);
      if (stored) refuseServerFields(body, stored);
      const { fields, password, clientKey } = readConnection({ ...body, name: body.name ?? 'test' });
      const absent = { id: '', created: 0, hasPassword: false, hasClientKey: false, passwordFrom: undefined };
      const { id, created, hasPassword, hasClientKey, passwordFrom } = stored ?? absent;
      const kept = { id, created, hasPassword, hasClientKey, ...(passwordFrom === undefined ? {} : { passwordFrom }) };
      const connection = { ...kept, ...fields };
      const opened = await access.open(connection, { password, clientKey });
      const status = await access.ask(opened, pingMs, signal, (inspector, settings, call) =>
        inspector.ping(settings, call),
      );
      return { ping: 'ok', ...status };
    },

    'connections.databases': async ({ id }, { signal }) =>
      await ask(id, listMs, signal, (inspector, settings, call) => inspector.databases(settings, call)),

    'connections.createDatabase': async ({ id, body: { name } }, { signal }) => {
      await ask(id, listMs, signal, (inspector, settings, call) => inspector.createDatabase(settings, name, call));
      return { status: 'success' };
    },

    'connections.createSchema': async ({ id, database, body: { name } }, { signal }) => {
      const connection = access.find(id);
      if (connection.type !== 'postgresql')
        throw new SluiceError('config_invalid', `Connection "${connection.name}" is to a database without schemas.`);
      const opened = await access.open(database === undefined ? connection : { ...connection, database });
      await access.ask(opened, listMs, signal, (inspector, settings, call) =>
        inspector.createSchema(settings, name, call),
      );
      structures.delete(id);
      return { status: 'success' };
    },

    'connections.tables': async ({ id }, { signal }) =>
      await ask(id, listMs, signal, (inspector, settings, call) => inspector.tables(settings, call)),

    'connections.views': async ({ id }, { signal }) =>
      await ask(id, listMs, signal, (inspector, settings, call) => inspector.views(settings, call)),

    'connections.meta': async ({ id, refresh }, { signal }) => {
      access.find(id);
      const known = refresh ? undefined : structures.get(id);
      if (known) return known;
      const structure = await ask(id, structureMs, signal, (inspector, settings, call) =>
        inspector.structure(settings, call),
      );
      structures.delete(id);
      structures.set(id, structure);
      const [oldest] = structures.keys();
      if (structures.size > structuresKept && oldest !== undefined) structures.delete(oldest);
      return structure;
    },

    'connections.preview': async ({ id, ...page }, { signal }) =>
      await ask(id, listMs, signal, (inspector, settings, call) => inspector.preview(settings, page, call)),

    'connections.preflight': async ({ id, ...use }, { signal }) =>
      await ask(id, listMs, signal, (inspector, settings, call) => inspector.preflight(settings, use, call)),
  };
}

function refuseTakenName(document: StoredDocument, { id, name }: Pick<SavedConnection, 'id' | 'name'>): void {
  if (document.connections.some((each) => each.name === name && each.id !== id))
    throw invalidField('name', 'is taken by another connection');
}

/** What only the server sets may be given when it is equal to what is stored. */
function refuseServerFields(body: ConnectionBody, stored: SavedConnection | null): void {
  for (const field of ['id', 'created', 'hasPassword', 'hasClientKey', 'passwordFrom'] as const) {
    if (body[field] !== undefined && body[field] !== stored?.[field])
      throw invalidField(field, stored ? 'cannot be changed' : 'is set by the server');
  }
}
