/**
 * The record of a copy, kept in the target: which tables are ours, how they were divided, which chunks are committed. A
 * chunk's entry commits with its rows, so that the target itself is the truth after any crash (SPEC 4).
 */
import { SluiceError } from '../../../shared/errors/sluice-error.ts';
import type { Dialect } from '../driver/dialect.ts';
import type { Session } from '../driver/driver.ts';
import { ledgerTables } from '../driver/ledger-tables.ts';
import type { KeyRange } from '../model/table-plan.ts';
import type { TableName } from '../model/table-schema.ts';
import { tableKey } from './convert-plan.ts';

/** `created`: made by this stream. `emptied`: was there, emptied by this stream. `appended`: holds rows of others too. */
export type Ownership = 'created' | 'emptied' | 'appended';

export interface LedgerTable {
  readonly ownership: Ownership;
  /** In chunk order; empty: not divided yet, so no row was committed. */
  readonly chunks: readonly LedgerChunk[];
}

export interface LedgerChunk {
  readonly range: KeyRange | null;
  /** null: not committed. */
  readonly committed: CommittedChunk | null;
}

export interface CommittedChunk {
  readonly rows: number;
  readonly bytes: number;
  /** Rows that the target refused and that were left out. */
  readonly failed: number;
  /** A limit of the config ended the run in this chunk: rows of it may be missing. */
  readonly isCut: boolean;
}

/** Of what is committed. */
export function totalsOf(chunks: readonly LedgerChunk[]): Omit<CommittedChunk, 'isCut'> {
  const totals = { rows: 0, bytes: 0, failed: 0 };
  for (const { committed } of chunks) {
    totals.rows += committed?.rows ?? 0;
    totals.bytes += committed?.bytes ?? 0;
    totals.failed += committed?.failed ?? 0;
  }
  return totals;
}

export interface LedgerState {
  /** The source's position when the last snapshot was taken. */
  readonly position: string | null;
  /** When a copy that was not of one moment any more went on (ISO 8601); null: all that is committed is of `position`. */
  readonly mixedSince: string | null;
  /** By tableKey of the target. */
  readonly tables: ReadonlyMap<string, LedgerTable>;
}

export interface Claim {
  readonly target: TableName;
  readonly ownership: Ownership;
}

const lockName = 'ledger';
const [chunksTable, positionsTable] = ledgerTables;
/** Chunk number of the entry that says that a table is ours. */
const ownershipChunk = -1;

export class Ledger {
  readonly #target: Session;
  readonly #dialect: Dialect;
  readonly #streamId: string;
  readonly #chunks: string;
  readonly #positions: string;

  constructor(target: Session, dialect: Dialect, streamId: string) {
    this.#target = target;
    this.#dialect = dialect;
    this.#streamId = streamId;
    const schema = target.catalog.defaultSchema;
    this.#chunks = dialect.quoteTable({ schema, name: chunksTable });
    this.#positions = dialect.quoteTable({ schema, name: positionsTable });
  }

  /** What an earlier run of this stream left; null: nothing. Writes nothing. */
  async load(): Promise<LedgerState | null> {
    const columns = [
      'table_name',
      'chunk',
      'range_on',
      'range_from',
      'range_to',
      'rows',
      'bytes',
      'failed',
      'is_cut',
      'committed_at',
    ];
    const rows = await this.#rowsIfPresent(
      `SELECT ${columns.map((name) => this.#dialect.quoteName(name)).join(', ')} FROM ${this.#chunks} ` +
        `WHERE ${this.#ofStream()} ORDER BY 1, 2`,
    );
    if (rows.length === 0) return null;
    const positions = await this.#rowsIfPresent(
      `SELECT ${['position', 'intent'].map((name) => this.#dialect.quoteName(name)).join(', ')} FROM ${this.#positions} ` +
        `WHERE ${this.#ofStream()}`,
    );
    const tables = new Map<string, { ownership: Ownership; chunks: LedgerChunk[] }>();
    for (const [table, chunk, on, from, to, count, bytes, failed, isCut, committedAt] of rows) {
      if (Number(chunk) === ownershipChunk) tables.set(table!, { ownership: on as Ownership, chunks: [] });
      else {
        tables.get(table!)?.chunks.push({
          range: on === null ? null : { ...parseRangeOn(on!), from: from!, to: to! },
          committed:
            committedAt === null
              ? null
              : { rows: Number(count), bytes: Number(bytes), failed: Number(failed), isCut: isCut === '1' },
        });
      }
    }
    const [position = null, mixedSince = null] = positions[0] ?? [];
    return { position, mixedSince, tables };
  }

  /** Makes the ledger's tables where they are missing, and says that `claims` belong to this stream, before anything is done to them. */
  async open(claims: readonly Claim[]): Promise<void> {
    // Another stream that ends takes the tables away where nobody has an entry.
    await this.#target.exclusively(lockName, async () => {
      await this.#createTables();
      await this.#claim(claims);
    });
  }

  async #createTables(): Promise<void> {
    const name = (text: string) => this.#dialect.quoteName(text);
    const text = (length: number) => this.#dialect.exactText?.(length) ?? `VARCHAR(${length})`;
    await this.#target.execute(
      `CREATE TABLE IF NOT EXISTS ${this.#chunks} (${name('stream_id')} ${text(64)} NOT NULL, ` +
        `${name('table_name')} ${text(300)} NOT NULL, ${name('chunk')} INTEGER NOT NULL, ${name('range_on')} ${text(300)}, ` +
        // Binary keys may be thousands of bytes long.
        `${name('range_from')} TEXT, ${name('range_to')} TEXT, ${name('rows')} BIGINT, ` +
        `${name('bytes')} BIGINT, ${name('failed')} BIGINT, ${name('is_cut')} INTEGER, ${name('committed_at')} ${text(32)}, ` +
        `PRIMARY KEY (${name('stream_id')}, ${name('table_name')}, ${name('chunk')}))`,
    );
    await this.#target.execute(
      `CREATE TABLE IF NOT EXISTS ${this.#positions} (${name('stream_id')} ${text(64)} NOT NULL PRIMARY KEY, ` +
        `${name('position')} ${text(2000)}, ${name('intent')} ${text(2000)}, ${name('updated_at')} ${text(32)})`,
    );
  }

  async recordPosition({ position, mixedSince }: Omit<LedgerState, 'tables'>): Promise<void> {
    await this.#target.execute(`DELETE FROM ${this.#positions} WHERE ${this.#ofStream()}`);
    await this.#target.execute(
      `INSERT INTO ${this.#positions} VALUES (${this.#values([this.#streamId, position, mixedSince, now()])})`,
    );
  }

  async #claim(claims: readonly Claim[]): Promise<void> {
    await this.#insert(
      claims.map(({ target, ownership }) => [
        tableKey(target),
        ownershipChunk,
        ownership,
        null,
        null,
        null,
        null,
        null,
        null,
        now(),
      ]),
    );
  }

  /** Records how tables are divided that have no division yet. */
  async divide(
    tables: readonly { readonly target: TableName; readonly ranges: readonly (KeyRange | null)[] }[],
  ): Promise<void> {
    await this.#insert(
      tables.flatMap(({ target, ranges }) =>
        ranges.map((range, chunk) => [
          tableKey(target),
          chunk,
          range && `${range.kind}:${range.column}`,
          range?.from ?? null,
          range?.to ?? null,
          null,
          null,
          null,
          null,
          null,
        ]),
      ),
    );
  }

  /** Forgets how a table was divided: it starts again. */
  async undivide(target: TableName): Promise<void> {
    await this.#target.execute(
      `DELETE FROM ${this.#chunks} WHERE ${this.#ofTable(target)} AND ${this.#dialect.quoteName('chunk')} <> ${ownershipChunk}`,
    );
  }

  /** The statement that marks a chunk as committed; runs in the transaction of the chunk's rows. */
  commitStatement(target: TableName, chunk: number, { rows, bytes, failed, isCut }: CommittedChunk): string {
    const name = (text: string) => this.#dialect.quoteName(text);
    return (
      `UPDATE ${this.#chunks} SET ${name('rows')} = ${rows}, ${name('bytes')} = ${bytes}, ${name('failed')} = ${failed}, ` +
      `${name('is_cut')} = ${isCut ? 1 : 0}, ${name('committed_at')} = ${this.#dialect.quoteText(now())} WHERE ${this.#ofTable(target)} AND ${name('chunk')} = ${chunk}`
    );
  }

  /** Forgets this stream, and drops the tables when no other stream uses them. */
  async close(): Promise<void> {
    await this.#target.exclusively(lockName, async () => {
      const others = `SELECT COUNT(*) FROM ${this.#chunks} WHERE NOT (${this.#ofStream()})`;
      const [count = ['0']] = await this.#rowsIfPresent(others);
      // The chunks last, and their table as a whole: a run that is killed in between finds all its tables complete.
      for (const table of [this.#positions, this.#chunks]) {
        await this.#target.execute(
          count[0] === '0' ? `DROP TABLE IF EXISTS ${table}` : `DELETE FROM ${table} WHERE ${this.#ofStream()}`,
        );
      }
    });
  }

  async #insert(rows: readonly (string | number | null)[][]): Promise<void> {
    for (let start = 0; start < rows.length; start += 500) {
      const values = rows.slice(start, start + 500).map((row) => `(${this.#values([this.#streamId, ...row])})`);
      await this.#target.execute(`INSERT INTO ${this.#chunks} VALUES ${values.join(', ')}`);
    }
  }

  #values(values: readonly (string | number | null)[]): string {
    return values
      .map((value) =>
        value === null ? 'NULL' : typeof value === 'number' ? String(value) : this.#dialect.quoteText(value),
      )
      .join(', ');
  }

  #ofStream(): string {
    return `${this.#dialect.quoteName('stream_id')} = ${this.#dialect.quoteText(this.#streamId)}`;
  }

  #ofTable(target: TableName): string {
    const key = this.#dialect.quoteText(tableKey(target));
    return `${this.#ofStream()} AND ${this.#dialect.quoteName('table_name')} = ${key}`;
  }

  async #rowsIfPresent(sql: string): Promise<(string | null)[][]> {
    try {
      return await this.#target.query(sql);
    } catch (error) {
      if (error instanceof SluiceError && error.code === 'table_missing') return [];
      throw error;
    }
  }
}

function parseRangeOn(text: string): Pick<KeyRange, 'kind' | 'column'> {
  const colon = text.indexOf(':');
  return { kind: text.slice(0, colon) as KeyRange['kind'], column: text.slice(colon + 1) };
}

const now = () => new Date().toISOString();
