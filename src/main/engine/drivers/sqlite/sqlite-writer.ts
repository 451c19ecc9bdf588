/** Loads rows through the one writing connection of a session. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { RowsRefused } from '../../driver/rows-refused.ts';
import type { Writer } from '../../driver/driver.ts';
import type { LoadUnit } from '../../model/row-bundle.ts';
import type { TablePlan } from '../../model/table-plan.ts';
import { RowTextDecoder } from '../../row-text/row-text-decoder.ts';
import { rowsRefused, sqliteError, type ErrorPlace } from './sqlite-errors.ts';
import { quoteName } from './sqlite-names.ts';
import { readStreamedRow, type StreamedRow } from './sqlite-streamed-row.ts';
import { decoderOf, type DecodeValue } from './sqlite-value-decoder.ts';
import type { WriteLock } from './sqlite-write-lock.ts';

/** More rows a statement gain nothing (measured: 8 rows 1.5 s, 16 rows 1.3 s, 64 rows 1.3 s for 2 M rows). */
const mostRowsPerStatement = 16;
const mostValuesPerStatement = 2000;
/** Values bound between two turns of the event loop: about 3 ms. */
const valuesPerTurn = 20_000;

export interface WriterContext {
  readonly database: DatabaseSync;
  readonly lock: WriteLock;
  readonly place: ErrorPlace;
  readonly throwIfEnded: () => void;
}

export class SqliteWriter implements Writer {
  readonly #context: WriterContext;
  /** Ends our hold on the connection; null outside a transaction. */
  #release: (() => void) | null = null;
  #loader: TableLoader | null = null;

  constructor(context: WriterContext) {
    this.#context = context;
  }

  async begin(): Promise<void> {
    const { lock, database, place, throwIfEnded } = this.#context;
    throwIfEnded();
    const release = await lock.acquire();
    try {
      await lock.whileBusy(() => database.exec('BEGIN IMMEDIATE'), throwIfEnded);
      this.#release = release;
    } catch (error) {
      release();
      throw sqliteError(error, place);
    }
  }

  async load(plan: TablePlan, unit: LoadUnit): Promise<void> {
    if (this.#loader?.plan !== plan) this.#loader = new TableLoader(this.#context, plan);
    const loader = this.#loader;
    await this.#underSavepoint(plan, async () => {
      if (unit.kind === 'held') await loader.loadHeld(unit.bytes);
      else loader.insertStreamed(await readStreamedRow(unit.bytes, plan));
    });
  }

  /** SQLite names the reason in any case. */
  async loadStrict(plan: TablePlan, unit: LoadUnit): Promise<void> {
    await this.load(plan, unit);
  }

  async execute(sql: string): Promise<void> {
    const { database, place, throwIfEnded } = this.#context;
    throwIfEnded();
    try {
      database.exec(sql);
    } catch (error) {
      throw sqliteError(error, place, sql);
    }
  }

  async commit(): Promise<void> {
    const { lock, database, place, throwIfEnded } = this.#context;
    throwIfEnded();
    try {
      // Busy while another process reads a file in rollback-journal mode; the transaction stays and can be tried again.
      await lock.whileBusy(() => database.exec('COMMIT'), throwIfEnded);
    } catch (error) {
      throw sqliteError(error, place);
    }
    this.#end();
  }

  async rollback(): Promise<void> {
    const { database, place } = this.#context;
    try {
      // Some errors (a full disk, I/O) have rolled back already.
      if (database.isOpen && database.isTransaction) database.exec('ROLLBACK');
    } catch (error) {
      throw sqliteError(error, place);
    } finally {
      this.#end();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#release) await this.rollback();
  }

  #end(): void {
    this.#release?.();
    this.#release = null;
  }

  async #underSavepoint(plan: TablePlan, work: () => Promise<void>): Promise<void> {
    const { database, place, throwIfEnded } = this.#context;
    throwIfEnded();
    try {
      database.exec('SAVEPOINT sluice_unit');
      await work();
      database.exec('RELEASE sluice_unit');
    } catch (error) {
      throwIfEnded();
      if (database.isTransaction) database.exec('ROLLBACK TO sluice_unit; RELEASE sluice_unit');
      throw rowsRefused(error, plan.target.name) ?? sqliteError(error, place);
    }
  }
}

/** The statements and decoders of one table. */
class TableLoader {
  readonly plan: TablePlan;
  readonly #context: WriterContext;
  readonly #decoders: readonly DecodeValue[];
  readonly #rowsPerStatement: number;
  readonly #many: StatementSync;
  readonly #one: StatementSync;

  constructor(context: WriterContext, plan: TablePlan) {
    this.plan = plan;
    this.#context = context;
    this.#decoders = plan.columns.map(decoderOf);
    const mostRows = Math.floor(mostValuesPerStatement / plan.columns.length);
    this.#rowsPerStatement = Math.max(1, Math.min(mostRowsPerStatement, mostRows));
    try {
      this.#many = context.database.prepare(this.#insert(this.#rowsPerStatement));
      this.#one = context.database.prepare(this.#insert(1));
    } catch (error) {
      throw sqliteError(error, context.place);
    }
  }

  async loadHeld(bytes: Buffer): Promise<void> {
    const decoders = this.#decoders;
    const columns = decoders.length;
    const fields = new Array<string | null>(columns).fill(null);
    const values = new Array<SQLInputValue>(columns * this.#rowsPerStatement).fill(null);
    const rows = new RowTextDecoder(bytes);
    let used = 0;
    let sinceTurn = 0;
    while (readRow(rows, fields)) {
      for (let column = 0; column < columns; column++) {
        const field = fields[column]!;
        values[used++] = field === null ? null : decoders[column]!(field);
      }
      if (used < values.length) continue;
      this.#many.run(...values);
      sinceTurn += used;
      used = 0;
      if (sinceTurn >= valuesPerTurn) {
        sinceTurn = 0;
        await setImmediate();
        this.#context.throwIfEnded();
      }
    }
    for (let start = 0; start < used; start += columns) this.#one.run(...values.slice(start, start + columns));
  }

  insertStreamed({ values, texts }: StreamedRow): void {
    const places = values.map((_, index) => (texts.has(index) ? 'CAST(? AS TEXT)' : '?'));
    this.#context.database.prepare(`${this.#into()} VALUES (${places.join(', ')})`).run(...values);
  }

  #insert(rows: number): string {
    const places = `(${this.plan.columns.map(() => '?').join(', ')})`;
    return `${this.#into()} VALUES ${new Array<string>(rows).fill(places).join(', ')}`;
  }

  /**
   * OR FAIL: a column's own ON CONFLICT IGNORE or REPLACE would drop rows without a word, and the savepoint undoes what
   * came before the failure, so that SQLite need not keep a journal per statement.
   */
  #into(): string {
    const names = this.plan.columns.map((column) => quoteName(column.target.name)).join(', ');
    return `INSERT OR FAIL INTO ${quoteName(this.plan.target.name)} (${names})`;
  }
}

function readRow(rows: RowTextDecoder, fields: (string | null)[]): boolean {
  try {
    return rows.readRow(fields);
  } catch (error) {
    throw new RowsRefused((error as Error).message, 'SQLITE_MISMATCH');
  }
}
