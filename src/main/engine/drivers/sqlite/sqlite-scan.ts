/** One pass over the rows of a table, view or query that only counts: nothing but sums comes out of SQLite. */
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import type { SqliteRow } from './sqlite-connection.ts';

export interface Origin {
  /** What stands after FROM. */
  readonly from: string;
  /** Name of the rowid, null where there is none: then rows are stepped. */
  readonly rowid: string | null;
}

/** `sum` of true conditions, or `max` of numbers, over all rows; NULL counts as nothing. */
export interface Measure {
  readonly kind: 'sum' | 'max';
  readonly sql: string;
  /** An aggregate that costs less than the sum, and is 0 or NULL for the same rows: where it only matters whether there are any. */
  readonly paged?: string;
}

/** Rows between two turns of the event loop: a few milliseconds. */
const pageRows = 5000;
/** SQLite's limit for the columns of a result, with room for the rowid. */
const mostMeasures = 1900;

/** Results in the order of `measures`; 0 where no row counted. */
export async function scan(
  database: DatabaseSync,
  origin: Origin,
  measures: readonly Measure[],
  throwIfEnded: () => void,
): Promise<number[]> {
  const results: number[] = [];
  for (let start = 0; start < measures.length; start += mostMeasures) {
    const some = measures.slice(start, start + mostMeasures);
    const pages = origin.rowid === null ? steppedPages(database, origin, some) : rowidPages(database, origin, some);
    const totals = some.map(() => 0);
    for (const page of pages) {
      some.forEach(({ kind }, index) => {
        const value = Number(page[index] ?? 0);
        totals[index] = kind === 'sum' ? totals[index]! + value : Math.max(totals[index]!, value);
      });
      await setImmediate();
      throwIfEnded();
    }
    results.push(...totals);
  }
  return results;
}

const aggregates = (measures: readonly Measure[]) =>
  measures.map(({ kind, sql, paged }) => paged ?? `${kind}(${sql})`).join(', ');

function* rowidPages(database: DatabaseSync, origin: Origin, measures: readonly Measure[]): Generator<SqliteRow> {
  const { from, rowid } = origin;
  const last = database.prepare(`SELECT ${rowid} FROM ${from} WHERE ${rowid} >= ? ORDER BY ${rowid} LIMIT 1 OFFSET ?`);
  const page = database.prepare(`SELECT ${aggregates(measures)} FROM ${from} WHERE ${rowid} >= ? AND ${rowid} <= ?`);
  for (let start = -(2n ** 63n); ;) {
    const end = (last.get(start, pageRows - 1) as unknown as SqliteRow | undefined)?.[0] as bigint | undefined;
    yield page.get(start, end ?? 2n ** 63n - 1n) as unknown as SqliteRow;
    if (end === undefined || end === 2n ** 63n - 1n) return;
    start = end + 1n;
  }
}

/** A view or query cannot be read in parts: its rows are stepped, and added up here. */
function* steppedPages(database: DatabaseSync, origin: Origin, measures: readonly Measure[]): Generator<SqliteRow> {
  const rows = database.prepare(`SELECT ${measures.map(({ sql }) => sql).join(', ')} FROM ${origin.from}`).iterate();
  let page: number[] = measures.map(() => 0);
  let count = 0;
  for (const row of rows as Iterable<unknown> as Iterable<SqliteRow>) {
    measures.forEach(({ kind }, index) => {
      const value = Number(row[index] ?? 0);
      page[index] = kind === 'sum' ? page[index]! + value : Math.max(page[index]!, value);
    });
    if (++count % pageRows !== 0) continue;
    yield page;
    page = measures.map(() => 0);
  }
  yield page;
}
