/** One login to MySQL or MariaDB: the connections it opened, and what they are used for. */
import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import type { Finding } from '../../../../shared/model/finding.ts';
import type { ServerConnectionSettings } from '../../../../shared/model/connection.ts';
import { databaseTitles } from '../../../../shared/model/database-kind.ts';
import type { ServerFacts, Session, SessionOptions, Snapshot } from '../../driver/driver.ts';
import type { TableName } from '../../model/table-schema.ts';
import { inParallel } from '../../driver/in-parallel.ts';
import { MysqlCatalog } from './mysql-catalog.ts';
import { quoteText } from './mysql-names.ts';
import { MysqlConnection } from './mysql-connection.ts';
import { oldestVersion, type MysqlKind } from './mysql-flavour.ts';
import { preflight } from './mysql-preflight.ts';
import { openSnapshot } from './mysql-snapshot.ts';
import { MysqlWriter } from './mysql-writer.ts';
import { serverPlace, type ServerPlace } from './server-place.ts';

/** How long cancelling may take before connections are dropped regardless, milliseconds. */
const cancelWithinMs = 1500;
/** Whoever holds a lock of ours does so for a few statements. */
const lockWithinSeconds = 60;
/** More bring little: the server makes tables one at a time, but for their files. */
const statementsAtOnce = 4;

export class MysqlSession implements Session {
  readonly catalog: MysqlCatalog;
  readonly server: ServerFacts;
  readonly #settings: ServerConnectionSettings;
  readonly #options: SessionOptions;
  /** Every connection that is not closed yet. */
  readonly #open = new Set<MysqlConnection>();
  /** Those that wait for the next query or execute. */
  readonly #idle: MysqlConnection[] = [];
  #ended = false;
  readonly #onAbort = () => void this.cancel();

  private constructor(
    settings: ServerConnectionSettings,
    options: SessionOptions,
    first: MysqlConnection,
    place: ServerPlace,
  ) {
    this.#settings = settings;
    this.#options = options;
    this.#open.add(first);
    this.#idle.push(first);
    this.server = { ...first.server, identity: place.identity };
    this.catalog = new MysqlCatalog((work) => this.#withConnection(work), place.foldsNames);
    options.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  static async open(
    kind: MysqlKind,
    settings: ServerConnectionSettings,
    options: SessionOptions,
  ): Promise<MysqlSession> {
    options.signal.throwIfAborted();
    const first = await MysqlConnection.open(settings, options.role, options.streamId);
    try {
      checkServer(kind, first);
      const place = await serverPlace(first);
      options.signal.throwIfAborted();
      return new MysqlSession(settings, options, first, place);
    } catch (error) {
      first.destroy();
      throw error;
    }
  }

  preflight(role: 'source' | 'target'): Promise<Finding[]> {
    return this.#withConnection((connection) => preflight(connection, role));
  }

  openSnapshot(count: number, tables: readonly TableName[]): Promise<Snapshot> {
    return openSnapshot(
      {
        open: () => this.#connect(),
        close: (connection) => this.#close(connection),
        kill: (connection) => this.#kill(connection),
      },
      count,
      tables,
    );
  }

  async openWriter(): Promise<MysqlWriter> {
    const connection = await this.#connect();
    try {
      return await MysqlWriter.open(connection, () => this.#close(connection));
    } catch (error) {
      await this.#close(connection);
      throw error;
    }
  }

  async execute(sql: string): Promise<void> {
    await this.#withConnection((connection) => connection.run(sql));
  }

  /** Each statement of DDL waits for the disk: the waits go side by side. */
  async executeGroups(groups: readonly (readonly string[])[]): Promise<void> {
    await inParallel(groups, statementsAtOnce, async (group) => {
      for (const sql of group) await this.execute(sql);
    });
  }

  async exclusively<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    // Locks are the server's, not a database's, and their names 64 characters at most.
    const lock = `CONCAT('sluice:', LEFT(SHA2(CONCAT(LOWER(DATABASE()), ${quoteText(`:${name}`)}), 256), 40))`;
    return await this.#withConnection(async (connection) => {
      const [[isHeld]] = (await connection.rows(`SELECT GET_LOCK(${lock}, ${lockWithinSeconds})`)) as [[string | null]];
      if (isHeld !== '1') throw new SluiceError('lock_timeout', `The lock of the ${name} was not granted in time.`);
      try {
        return await work();
      } finally {
        if (!connection.lost && !connection.closed) await connection.run(`DO RELEASE_LOCK(${lock})`);
      }
    });
  }

  query(sql: string): Promise<(string | null)[][]> {
    return this.#withConnection((connection) => connection.rows(sql));
  }

  async uncheckedKeys(): Promise<{ readonly refused: string | null }> {
    return { refused: null };
  }

  async cancel(): Promise<void> {
    if (this.#ended) return;
    this.#end();
    const busy = [...this.#open].filter((connection) => connection.busy);
    if (busy.length > 0) {
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(late.resolve, cancelWithinMs);
      await Promise.race([this.#killAll(busy).catch(() => undefined), late.promise]);
      clearTimeout(timer);
    }
    for (const connection of this.#open) connection.destroy();
    this.#open.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended) return;
    this.#end();
    await Promise.all([...this.#open].map((connection) => connection.close()));
    this.#open.clear();
  }

  #end(): void {
    this.#ended = true;
    this.#idle.length = 0;
    this.#options.signal.removeEventListener('abort', this.#onAbort);
  }

  async #withConnection<Result>(work: (connection: MysqlConnection) => Promise<Result>): Promise<Result> {
    let connection = this.#idle.pop();
    if (connection?.lost) {
      await this.#close(connection);
      connection = this.#idle.pop();
    }
    connection ??= await this.#connect();
    try {
      return await work(connection);
    } finally {
      if (this.#open.has(connection)) this.#idle.push(connection);
    }
  }

  async #connect(): Promise<MysqlConnection> {
    this.#refuseWhenEnded();
    const connection = await MysqlConnection.open(this.#settings, this.#options.role, this.#options.streamId);
    if (this.#ended) connection.destroy();
    this.#refuseWhenEnded();
    this.#open.add(connection);
    return connection;
  }

  async #close(connection: MysqlConnection): Promise<void> {
    this.#open.delete(connection);
    await connection.close();
  }

  #kill(connection: MysqlConnection): Promise<void> {
    return this.#withConnection((other) => killQuery(other, connection));
  }

  async #killAll(busy: readonly MysqlConnection[]): Promise<void> {
    const killer = await MysqlConnection.open(this.#settings, this.#options.role, this.#options.streamId);
    try {
      await Promise.allSettled(busy.map((connection) => killQuery(killer, connection)));
    } finally {
      killer.destroy();
    }
  }

  #refuseWhenEnded(): void {
    if (this.#ended) throw new SluiceError('cancelled', 'The session was cancelled.');
  }
}

async function killQuery(killer: MysqlConnection, connection: MysqlConnection): Promise<void> {
  await killer.run(`KILL QUERY ${connection.id}`);
}

function checkServer(kind: MysqlKind, { server }: MysqlConnection): void {
  if (server.kind !== kind) {
    throw new SluiceError(
      'unsupported_server',
      `The server is ${databaseTitles[server.kind]} ${server.version}: choose the connection type "${server.kind}" instead of "${kind}".`,
    );
  }
  if (server.versionNumber < oldestVersion[kind].number) {
    throw new SluiceError(
      'unsupported_server',
      `${databaseTitles[kind]} ${server.version} is too old: ${oldestVersion[kind].text} is the oldest version supported.`,
    );
  }
}
