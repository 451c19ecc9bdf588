/** One connection to the server: opened with the settings that all of ours have, errors mapped, cancellable. */
import pg from 'pg';
import type { ServerConnectionSettings } from '../../../../shared/model/connection.ts';
import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import { tlsMaterial } from '../../driver/tls.ts';
import { isFarewell, postgresError, type PostgresAddress } from './postgres-errors.ts';

export interface ConnectionRole {
  /** `source` connections are read-only, whatever they are asked to run. */
  readonly role: 'source' | 'target';
  readonly streamId: string;
}

export type TextRow = (string | null)[];

const connectTimeoutMs = 15_000;
/** How long a server may take to close after Terminate or to take a CancelRequest, before we cut the socket. */
const farewellMs = 1_000;

const asText = (value: string | null) => value;

export class PostgresConnection {
  readonly address: PostgresAddress;
  readonly #client: pg.Client;
  readonly #settings: ServerConnectionSettings;
  #busy = 0;
  #lost: SluiceError | null = null;

  private constructor(client: pg.Client, settings: ServerConnectionSettings) {
    this.#client = client;
    this.#settings = settings;
    this.address = settings;
    // Without a listener an idle connection's error would end the process.
    client.on('error', (error) => (this.#lost ??= postgresError(error, settings)));
    client.on('end', () => (this.#lost ??= postgresError(new Error('Connection terminated'), settings)));
  }

  /** Connects and prepares the session. Rejects with a SluiceError, also when `signal` aborts meanwhile. */
  static async open(
    settings: ServerConnectionSettings,
    role: ConnectionRole,
    signal: AbortSignal,
  ): Promise<PostgresConnection> {
    if (signal.aborted) throw new SluiceError('cancelled', 'Cancelled before connecting.');
    const client = new pg.Client({
      host: settings.socket ?? settings.host,
      port: settings.port,
      user: settings.username,
      database: settings.database,
      // A function, so that neither PGPASSWORD nor ~/.pgpass stands in for a missing password.
      password: () => settings.password ?? '',
      ssl: tlsOptions(settings),
      application_name: `sluice:${role.streamId}`,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      connectionTimeoutMillis: connectTimeoutMs,
      types: { getTypeParser: () => asText },
    });
    const connection = new PostgresConnection(client, settings);
    const abort = () => client.connection.stream.destroy(new Error('Connection terminated'));
    signal.addEventListener('abort', abort);
    try {
      await client.connect();
      await connection.rows(sessionStatement(settings, role));
      return connection;
    } catch (error) {
      client.connection.stream.destroy();
      if (signal.aborted) throw new SluiceError('cancelled', 'Cancelled while connecting.');
      throw postgresError(error, settings);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** False once the socket is gone. */
  get usable(): boolean {
    return this.#lost === null;
  }

  get busy(): boolean {
    return this.#busy > 0;
  }

  /** Runs one statement with text parameters; rows as text. */
  async rows(sql: string, parameters: readonly (string | null | readonly string[])[] = []): Promise<TextRow[]> {
    try {
      const query = { text: sql, values: [...parameters], rowMode: 'array' as const };
      return (await this.#track(this.#client.query<TextRow>(query))).rows;
    } catch (error) {
      throw postgresError(error, this.address, sql.slice(0, 2_000));
    }
  }

  /** Runs statements without parameters, several separated by semicolons allowed; results are dropped. */
  async run(sql: string): Promise<void> {
    try {
      await this.#track(this.#client.query(sql));
    } catch (error) {
      throw postgresError(error, this.address, sql.slice(0, 2_000));
    }
  }

  /**
   * Runs a query that speaks its own part of the protocol, until the server is done with it. Unlike the others it
   * rejects with what was thrown, since who loads rows tells refused rows from other errors.
   */
  async submit(query: pg.Submittable & { readonly finished: Promise<void> }): Promise<void> {
    if (this.#lost) throw this.#lost;
    this.#client.query(query);
    await this.#track(query.finished);
  }

  async #track<Result>(work: Promise<Result>): Promise<Result> {
    this.#busy++;
    try {
      return await work;
    } catch (error) {
      // The server says goodbye before it closes: nothing more can be asked of this connection.
      if (isFarewell(error)) this.#lost ??= postgresError(error, this.address);
      throw error;
    } finally {
      this.#busy--;
    }
  }

  /**
   * CancelRequest for what runs now; resolves when the server has taken it. The server signals the backend before it
   * closes the cancelling connection, so a statement sent after this is not hit by it.
   */
  async cancel(): Promise<void> {
    const { processID, secretKey } = this.#client as unknown as BackendKey;
    if (processID === null || !this.usable) return;
    const messenger = new CancelConnection({ ssl: tlsOptions(this.#settings) });
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => messenger.stream.destroy(), farewellMs);
      messenger.on('connect', () => {
        if (this.#settings.ssl && this.#settings.ssl.mode !== 'disabled') messenger.requestSsl();
        else messenger.cancel(processID, secretKey);
      });
      messenger.on('sslconnect', () => messenger.cancel(processID, secretKey));
      messenger.on('error', () => messenger.stream.destroy());
      messenger.on('end', () => {
        clearTimeout(timer);
        resolve();
      });
      if (this.#settings.socket) messenger.connect(`${this.#settings.socket}/.s.PGSQL.${this.#settings.port}`);
      else messenger.connect(this.#settings.port, this.#settings.host);
    });
  }

  /** Ends the connection, cancelling what still runs. Never rejects. */
  async close(): Promise<void> {
    if (this.usable && this.busy) await this.cancel();
    const { stream } = this.#client.connection;
    const timer = setTimeout(() => stream.destroy(), farewellMs);
    try {
      await this.#client.end();
    } catch {
      stream.destroy();
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Fields of pg.Client that its type declarations leave out. */
interface BackendKey {
  readonly processID: number | null;
  readonly secretKey: number;
}

/** Methods of pg.Connection that its type declarations leave out. */
interface CancelMessenger extends pg.Connection {
  connect(portOrPath: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
}
const CancelConnection = pg.Connection as unknown as new (config: pg.ClientConfig) => CancelMessenger;

function tlsOptions(settings: ServerConnectionSettings): pg.ClientConfig['ssl'] {
  const tls = tlsMaterial(settings);
  if (tls === null) return false;
  return {
    rejectUnauthorized: tls.isVerified,
    ...(tls.isHostVerified ? {} : { checkServerIdentity: () => undefined }),
    ...tls.files,
  };
}

/**
 * All that our sessions set, in one statement. Names that the server does not know (`transaction_timeout` before 17) are
 * left out by the join. Roles and databases may have any of these set otherwise.
 */
function sessionStatement(settings: ServerConnectionSettings, { role }: ConnectionRole): string {
  const schema = settings.schema ?? 'public';
  const wanted: Record<string, string> = {
    client_encoding: 'UTF8',
    TimeZone: 'UTC',
    DateStyle: 'ISO',
    IntervalStyle: 'iso_8601',
    extra_float_digits: '3',
    bytea_output: 'hex',
    standard_conforming_strings: 'on',
    statement_timeout: '0',
    lock_timeout: '0',
    idle_in_transaction_session_timeout: '0',
    idle_session_timeout: '0',
    transaction_timeout: '0',
    search_path: schema === 'public' ? 'public' : `${pg.escapeIdentifier(schema)}, public`,
    default_transaction_isolation: role === 'source' ? 'repeatable read' : 'read committed',
    default_transaction_read_only: role === 'source' ? 'on' : 'off',
    // Rows hidden by a policy become an error instead of missing rows.
    row_security: 'off',
    // A function may be created before the tables that it reads.
    check_function_bodies: 'off',
    // Rows come in the order in which they lie, not from where another scan happens to be.
    synchronize_seqscans: 'off',
    // money as text is the stored number with two digits, whatever the locale of the database.
    lc_monetary: 'C',
    // Catalog queries look costly enough for the compiler and take longer with it.
    jit: 'off',
    tcp_keepalives_idle: '10',
    tcp_keepalives_interval: '10',
    tcp_keepalives_count: '6',
  };
  const values = Object.entries(wanted).map(
    ([name, value]) => `(${pg.escapeLiteral(name)}, ${pg.escapeLiteral(value)})`,
  );
  return `SELECT set_config(w.name, w.value, false) FROM (VALUES ${values.join(', ')}) w (name, value)
    JOIN pg_catalog.pg_settings s ON s.name = w.name`;
}
