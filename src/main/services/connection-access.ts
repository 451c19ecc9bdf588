/** From a stored connection to one that can be opened: secrets resolved, errors freed of them. */
import { redactDeep, redactText } from '../../shared/errors/redact.ts';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { ConnectionSettings } from '../../shared/model/connection.ts';
import type { SavedConnection } from '../../shared/model/saved-connection.ts';
import { completeOptions, type SavedStreamConfig } from '../../shared/model/saved-stream-config.ts';
import type { Vault } from '../credentials/vault.ts';
import type { Inspector, InspectorCall, StreamEnds } from '../hosts/inspector.ts';
import type { DocumentStore } from '../stores/document-store.ts';

export interface Opened<Ends> {
  readonly ends: Ends;
  /** What must not appear in anything that is told or kept. */
  readonly secrets: readonly string[];
}

/** Secrets of a connection that override the stored ones. */
export interface GivenSecrets {
  readonly password?: string | undefined;
  readonly clientKey?: string | undefined;
}

export const secretAccounts = (id: string) => ({ password: `${id}/password`, clientKey: `${id}/client_key` });

/** `${NAME}` => `NAME`; null for any other text. */
export function environmentReference(password: string): string | null {
  return /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(password)?.[1] ?? null;
}

export class ConnectionAccess {
  readonly #store: DocumentStore;
  readonly #vault: Vault;
  readonly #inspector: Inspector;
  readonly #environment: Readonly<Record<string, string | undefined>>;

  constructor(
    store: DocumentStore,
    vault: Vault,
    inspector: Inspector,
    environment: Readonly<Record<string, string | undefined>>,
  ) {
    this.#store = store;
    this.#vault = vault;
    this.#inspector = inspector;
    this.#environment = environment;
  }

  /** Throws `not_found`. */
  find(id: string): SavedConnection {
    const connection = this.#store.document.connections.find((each) => each.id === id);
    if (!connection) throw new SluiceError('not_found', `There is no connection ${id}.`);
    return connection;
  }

  /** The connections of a config. Throws `config_invalid` for one that does not exist or names no database. */
  endsOf(config: Pick<SavedStreamConfig, 'source' | 'target'>): { source: SavedConnection; target: SavedConnection } {
    const end = (side: 'source' | 'target') => {
      const connection = this.#store.document.connections.find((each) => each.id === config[side]);
      if (!connection) throw new SluiceError('config_invalid', `${side}: there is no connection ${config[side]}.`);
      if (connection.type !== 'sqlite' && connection.database === undefined) {
        const message = `${side}: connection "${connection.name}" names no database. Set its \`database\` first.`;
        throw new SluiceError('config_invalid', message);
      }
      return connection;
    };
    return { source: end('source'), target: end('target') };
  }

  /** Resolves the secrets of a connection. Rejects `secret_missing` or `keychain_failed`. */
  async open(connection: SavedConnection, given: GivenSecrets = {}): Promise<Opened<ConnectionSettings>> {
    if (connection.type === 'sqlite') return { ends: { kind: 'sqlite', path: connection.path! }, secrets: [] };
    const accounts = secretAccounts(connection.id);
    const password = await this.#password(connection, given.password);
    const clientKey =
      given.clientKey ??
      (connection.hasClientKey ? await this.#stored(connection, accounts.clientKey, 'client key') : null);
    const { type: kind, host, port, socket, username, database, schema, ssl } = connection;
    const ends: ConnectionSettings = {
      kind,
      host: host ?? 'localhost',
      port: port ?? (kind === 'postgresql' ? 5432 : 3306),
      socket: socket ?? null,
      username: username ?? '',
      password: password || null,
      // PostgreSQL has no connection without a database; this one is there on every server.
      database: database ?? (kind === 'postgresql' ? 'postgres' : ''),
      schema: schema ?? null,
      ssl: ssl ? { ...ssl, ...(clientKey ? { client_key: clientKey } : {}) } : null,
    };
    return { ends, secrets: [password, clientKey].filter((secret): secret is string => !!secret) };
  }

  /** Both ends of a stream. */
  async openEnds(config: SavedStreamConfig): Promise<Opened<StreamEnds>> {
    const { source, target } = this.endsOf(config);
    const [from, to] = await Promise.all([this.open(source), this.open(target)]);
    return {
      ends: { source: from.ends, target: to.ends, options: completeOptions(config) },
      secrets: [...from.secrets, ...to.secrets],
    };
  }

  /** Asks the inspector something. Errors come without the secrets that a server or driver may have repeated. */
  async ask<Ends, Answer>(
    { ends, secrets }: Opened<Ends>,
    timeoutMs: number,
    signal: AbortSignal,
    question: (inspector: Inspector, ends: Ends, call: InspectorCall) => Promise<Answer>,
  ): Promise<Answer> {
    try {
      return await question(this.#inspector, ends, { timeoutMs, signal });
    } catch (error) {
      const { code, message, details } = SluiceError.from(error);
      throw new SluiceError(code, redactText(message, secrets), redactDeep(details, secrets));
    }
  }

  async #password(connection: SavedConnection, given: string | undefined): Promise<string | null> {
    const reference = environmentReference(given ?? connection.passwordFrom ?? '');
    if (reference !== null) {
      const value = this.#environment[reference];
      if (value !== undefined) return value;
      throw new SluiceError(
        'secret_missing',
        `The password of connection "${connection.name}" is to come from the environment variable ${reference}, which is not set.`,
        { connection: connection.id },
      );
    }
    if (given !== undefined) return given;
    return connection.hasPassword
      ? await this.#stored(connection, secretAccounts(connection.id).password, 'password')
      : null;
  }

  async #stored(connection: SavedConnection, account: string, what: string): Promise<string> {
    const secret = await this.#vault.get(account);
    if (secret !== null) return secret;
    throw new SluiceError(
      'secret_missing',
      `The ${what} of connection "${connection.name}" is not in the keychain any more. Enter it again at the connection.`,
      { connection: connection.id },
    );
  }
}
