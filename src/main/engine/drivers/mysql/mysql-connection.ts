/** One connection: mysql2 does the handshake, TLS and framing; rows are handed on as raw packets. */
import type { Readable } from 'node:stream';
import mysql from 'mysql2';
import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import type { ServerConnectionSettings } from '../../../../shared/model/connection.ts';
import { toSluiceError } from './mysql-errors.ts';
import { parseServerVersion, type MysqlServer } from './mysql-flavour.ts';
import { markStatement } from './connection-marks.ts';
import { connectionOptions, pinHostForCertificate } from './connection-options.ts';
import { RowPacketTap, type RowSink, type TappedConnection } from './row-packet-tap.ts';
import { sessionSettings } from './session-settings.ts';

/** What the server says about a statement that returns no rows. */
export interface StatementOutcome {
  readonly affectedRows: number;
  /** LOAD DATA and INSERT: `Records: 3  Deleted: 0  Skipped: 0  Warnings: 0`; otherwise ''. */
  readonly info: string;
  readonly warnings: number;
}

/** A column of a result, as the protocol describes it. */
export interface ResultColumn {
  readonly name: string;
  readonly orgName: string;
  readonly orgTable: string;
  readonly schema: string;
  /** Protocol type, e.g. 8 = BIGINT. */
  readonly columnType: number;
  readonly flags: number;
  readonly characterSet: number;
  /** Display length in bytes. */
  readonly columnLength: number;
  readonly decimals: number;
}

interface Packet {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly end: number;
  isEOF(): boolean;
}

/** The parts of mysql2's command and connection that its types leave out. */
interface QueryCommand {
  row: (packet: Packet, connection: TappedConnection) => unknown;
  _unpipeStream?: () => void;
}
interface ExecuteCommand {
  buildParserFromFields: (columns: readonly ResultColumn[], connection: TappedConnection) => RowParser;
}
type RowParser = new () => { next(packet: Packet): null };
interface OpenStream {
  pause(): void;
  resume(): void;
}

export class MysqlConnection {
  readonly server: MysqlServer;
  /** CONNECTION_ID(), for KILL. */
  readonly id: string;
  readonly #raw: mysql.Connection;
  readonly #place: ServerConnectionSettings;
  /** True while a statement runs. */
  #busy = false;
  #closed = false;
  #lost = false;

  private constructor(raw: mysql.Connection, place: ServerConnectionSettings, server: MysqlServer, id: string) {
    this.#raw = raw;
    this.#place = place;
    this.server = server;
    this.id = id;
    raw.on('error', () => (this.#lost = true));
  }

  /** Connects and sets the session up. Rejects with a SluiceError. */
  static async open(
    settings: ServerConnectionSettings,
    role: 'source' | 'target',
    streamId: string,
  ): Promise<MysqlConnection> {
    let raw: mysql.Connection;
    try {
      raw = mysql.createConnection(connectionOptions(settings, streamId));
    } catch (error) {
      // Certificates are parsed before anything is sent.
      throw toSluiceError(error, settings);
    }
    pinHostForCertificate(raw, settings);
    // Until the connection is ours, each step below reports its own error.
    raw.on('error', () => undefined);
    try {
      await new Promise<void>((resolve, reject) => raw.connect((error) => (error ? reject(error) : resolve())));
      const [[version, id]] = (await rowsOf(raw, 'SELECT VERSION(), CONNECTION_ID()')) as [[string, string]];
      const server = parseServerVersion(version);
      for (const statement of [...sessionSettings(server, role), markStatement(streamId)]) await rowsOf(raw, statement);
      return new MysqlConnection(raw, settings, server, id);
    } catch (error) {
      raw.destroy();
      throw toSluiceError(error, settings);
    }
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** True when the server or the network ended the connection. */
  get lost(): boolean {
    return this.#lost;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Runs a statement that returns no rows. */
  run(sql: string, describe: string = sql): Promise<StatementOutcome> {
    return this.#command(describe, (done) => this.#raw.query(sql, done)).then(outcomeOf);
  }

  /** Runs a query and returns its rows as text. */
  rows(sql: string): Promise<(string | null)[][]> {
    return this.#command(sql, (done) => this.#raw.query(sql, done)).then((rows) => textRows(rows));
  }

  /** Sends `content` as the file of a LOAD DATA LOCAL statement. */
  async load(sql: string, content: Readable): Promise<StatementOutcome> {
    let command: QueryCommand | undefined;
    try {
      return outcomeOf(
        await this.#command(sql, (done) => {
          command = this.#raw.query({ sql, infileStreamFactory: () => content }, done) as unknown as QueryCommand;
        }),
      );
    } finally {
      // mysql2 leaves its listeners on the socket when the server answers with an error.
      command?._unpipeStream?.();
      content.destroy();
    }
  }

  /** Runs a query whose rows go to `sink` as they arrive, fields as text, until the promise settles. */
  async stream(sql: string, sink: RowSink): Promise<void> {
    let tap: RowPacketTap | null = null;
    try {
      await this.#command(sql, (done) => {
        const command = this.#raw.query(sql, done) as unknown as QueryCommand;
        const endOfRows = command.row;
        command.row = (packet, connection) => {
          if (packet.isEOF()) return endOfRows.call(command, packet, connection);
          tap ??= new RowPacketTap(connection, sink);
          sink(packet.buffer, packet.offset, packet.end);
          return command.row;
        };
      });
    } finally {
      // TypeScript does not see that a callback sets it.
      (tap as RowPacketTap | null)?.remove();
    }
  }

  /** The same by a prepared statement, whose rows have binary fields. `begin` hears what they are before the first comes. */
  async streamBinary(sql: string, begin: (columns: readonly ResultColumn[]) => RowSink): Promise<void> {
    let tap: RowPacketTap | null = null;
    try {
      await this.#command(sql, (done) => {
        const command = this.#raw.execute(sql, done) as unknown as ExecuteCommand;
        command.buildParserFromFields = (columns, connection) => {
          const sink = begin(columns);
          tap = new RowPacketTap(connection, sink);
          return class {
            next({ buffer, offset, end }: Packet): null {
              sink(buffer, offset, end);
              return null;
            }
          };
        };
      });
    } finally {
      (tap as RowPacketTap | null)?.remove();
      if (!this.#lost && !this.#closed) this.#raw.unprepare(sql);
    }
  }

  /** Columns of a statement's result, without running it; [] where it returns none. */
  async prepare(sql: string): Promise<ResultColumn[]> {
    const statement = (await this.#command(sql, (done) => this.#raw.prepare(sql, done))) as { columns: ResultColumn[] };
    this.#raw.unprepare(sql);
    return statement.columns;
  }

  /** Stops taking bytes from the socket; rows of a chunk that already arrived still come. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Ends the session in the server's own way. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#busy || this.#lost) return this.#raw.destroy();
    await new Promise<void>((resolve) => this.#raw.end(() => resolve()));
    this.#raw.destroy();
  }

  /** Drops the socket. */
  destroy(): void {
    this.#closed = true;
    this.#raw.destroy();
  }

  get #socket(): OpenStream {
    return (this.#raw as unknown as { stream: OpenStream }).stream;
  }

  async #command(
    statement: string,
    start: (done: (error: unknown, result?: unknown) => void) => void,
  ): Promise<unknown> {
    if (this.#closed) throw new SluiceError('cancelled', 'The connection was closed.');
    this.#busy = true;
    try {
      return await new Promise<unknown>((resolve, reject) =>
        start((error, result) => (error ? reject(error) : resolve(result))),
      );
    } catch (error) {
      throw toSluiceError(error, this.#place, statement);
    } finally {
      this.#busy = false;
    }
  }
}

function outcomeOf(result: unknown): StatementOutcome {
  const { affectedRows = 0, info = '', warningStatus = 0 } = result as Partial<mysql.ResultSetHeader>;
  return { affectedRows, info, warnings: warningStatus };
}

const rowsOf = (raw: mysql.Connection, sql: string) =>
  new Promise<(string | null)[][]>((resolve, reject) =>
    raw.query(sql, (error: unknown, rows: unknown) => (error ? reject(error) : resolve(textRows(rows)))),
  );

const textRows = (rows: unknown): (string | null)[][] =>
  Array.isArray(rows) ? (rows as (Buffer | null)[][]).map((row) => row.map((value) => value && value.toString())) : [];
