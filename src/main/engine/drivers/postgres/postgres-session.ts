import { createHash } from 'node:crypto';
import type { ServerConnectionSettings } from '../../../../shared/model/connection.ts';
import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import type { Catalog } from '../../driver/catalog.ts';
import type { ServerFacts, Session, SessionOptions, Snapshot, Writer } from '../../driver/driver.ts';
import { postgresCatalog } from './postgres-catalog.ts';
import { PostgresConnection, type TextRow } from './postgres-connection.ts';
import { quoteName } from './postgres-names.ts';
import { postgresPreflight } from './postgres-preflight.ts';
import { openPostgresSnapshot } from './postgres-snapshot.ts';
import { postgresWriter } from './postgres-writer.ts';

const oldestVersion = 120000;
/** Each table that a transaction makes takes a place in the server's lock table, which has 6,400 by default. */
const groupsAtOnce = 50;

export class PostgresSession implements Session {
  readonly server: ServerFacts;
  readonly catalog: Catalog;
  readonly #settings: ServerConnectionSettings;
  readonly #options: SessionOptions;
  /** Every open connection, whoever uses it. */
  readonly #all = new Set<PostgresConnection>();
  /** Those of `query` and `execute` that nobody uses now. */
  readonly #free: PostgresConnection[] = [];
  readonly #abort = () => void this.cancel();
  #closed = false;

  private constructor(settings: ServerConnectionSettings, options: SessionOptions, server: ServerFacts) {
    this.#settings = settings;
    this.#options = options;
    this.server = server;
    this.catalog = postgresCatalog({
      server,
      defaultSchema: settings.schema ?? 'public',
      use: (work) => this.#use(work),
    });
  }

  static async open(settings: ServerConnectionSettings, options: SessionOptions): Promise<PostgresSession> {
    const connection = await PostgresConnection.open(settings, options, options.signal);
    try {
      const session = new PostgresSession(settings, options, await readFacts(connection));
      session.#all.add(connection);
      session.#free.push(connection);
      options.signal.addEventListener('abort', session.#abort);
      if (options.signal.aborted) {
        await session.cancel();
        throw new SluiceError('cancelled', 'Cancelled while connecting.');
      }
      return session;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  async preflight(role: 'source' | 'target') {
    return await this.#use((connection) => postgresPreflight(connection, this.#settings, role));
  }

  async openSnapshot(count: number): Promise<Snapshot> {
    const source = { open: () => this.#open(), close: (connection: PostgresConnection) => this.#close(connection) };
    return await openPostgresSnapshot(source, count, this.server.versionNumber);
  }

  async openWriter(): Promise<Writer> {
    const connection = await this.#open();
    return postgresWriter(connection, () => this.#close(connection));
  }

  async execute(sql: string): Promise<void> {
    await this.#use((connection) => connection.run(sql));
  }

  /** Statements sent together are one transaction. */
  async executeGroups(groups: readonly (readonly string[])[]): Promise<void> {
    for (let start = 0; start < groups.length; start += groupsAtOnce) {
      const some = groups.slice(start, start + groupsAtOnce).filter((group) => group.length > 0);
      try {
        await this.execute(some.flat().join(';\n'));
      } catch (error) {
        if (this.#closed) throw error;
        // Nothing of it was done. One after the other names the statement that fails.
        for (const sql of some.flat()) await this.execute(sql);
      }
    }
  }

  /** The lock ends with its transaction, which poolers keep on one connection. */
  async exclusively<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const key = createHash('sha256').update(`sluice:${name}`).digest().readBigInt64BE(0);
    return await this.#use(async (connection) => {
      try {
        await connection.run(`BEGIN; SELECT pg_advisory_xact_lock(${key})`);
        return await work();
      } finally {
        if (connection.usable) await connection.run('COMMIT');
      }
    });
  }

  async query(sql: string): Promise<TextRow[]> {
    return await this.#use((connection) => connection.rows(sql));
  }

  async uncheckedKeys(): Promise<{ readonly refused: string | null }> {
    const [user] = await this.query("SELECT current_setting('is_superuser')");
    const version = this.server.versionNumber;
    if (user![0] === 'on') return { refused: null };
    if (version < 150000) return { refused: '' };
    const [may] = await this.query("SELECT has_parameter_privilege('session_replication_role', 'SET')");
    const grant = `GRANT SET ON PARAMETER session_replication_role TO ${quoteName(this.#settings.username)}`;
    return { refused: may![0] === 't' ? null : grant };
  }

  async cancel(): Promise<void> {
    this.#closed = true;
    this.#options.signal.removeEventListener('abort', this.#abort);
    await Promise.all([...this.#all].map((connection) => this.#close(connection)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cancel();
  }

  /** Runs `work` on a connection that nobody else uses meanwhile. */
  async #use<Result>(work: (connection: PostgresConnection) => Promise<Result>): Promise<Result> {
    let connection = this.#free.pop();
    while (connection && !connection.usable) {
      this.#all.delete(connection);
      connection = this.#free.pop();
    }
    connection ??= await this.#open();
    try {
      return await work(connection);
    } finally {
      if (connection.usable && !this.#closed) this.#free.push(connection);
      else await this.#close(connection);
    }
  }

  async #open(): Promise<PostgresConnection> {
    if (this.#closed) throw new SluiceError('cancelled', 'The session is closed.');
    const connection = await PostgresConnection.open(this.#settings, this.#options, this.#options.signal);
    this.#all.add(connection);
    if (this.#closed) {
      await this.#close(connection);
      throw new SluiceError('cancelled', 'The session is closed.');
    }
    return connection;
  }

  async #close(connection: PostgresConnection): Promise<void> {
    this.#all.delete(connection);
    await connection.close();
  }
}

async function readFacts(connection: PostgresConnection): Promise<ServerFacts> {
  const facts = await connection.rows(
    `SELECT current_setting('server_version'), current_setting('server_version_num'), current_database(), version(),
      has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE'),
      extract(epoch FROM pg_postmaster_start_time())::text`,
  );
  const [version, number, database, title, allowed, started] = facts[0]!;
  const versionNumber = Number(number);
  if (!title!.startsWith('PostgreSQL'))
    throw new SluiceError('unsupported_server', `The server is no PostgreSQL: ${title}.`);
  if (versionNumber < oldestVersion) {
    const message = `The server is PostgreSQL ${version}; version 12 is the oldest that Sluice supports.`;
    throw new SluiceError('unsupported_server', message);
  }
  // The start time names one running server as well, for users who may not read its identifier.
  const server =
    allowed === 't'
      ? `system ${(await connection.rows('SELECT system_identifier FROM pg_catalog.pg_control_system()'))[0]![0]}`
      : `started ${started}`;
  return {
    kind: 'postgresql',
    version: version!,
    versionNumber: Math.floor(versionNumber / 10_000) * 10_000 + (versionNumber % 10_000) * 100,
    identity: `${server} ${database}`,
  };
}
