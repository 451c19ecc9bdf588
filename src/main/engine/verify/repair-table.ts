/** Changes single rows of a target table by key, in one transaction, without touching any other row. */
import { loadUnit } from '../copy/load-unit.ts';
import type { Dialect } from '../driver/dialect.ts';
import type { Session, Writer } from '../driver/driver.ts';
import type { TablePlan } from '../model/table-plan.ts';
import { keyPositions } from './compare-table.ts';

const stagingName = '_sluice_repair';

export interface Mended {
  readonly rows: number;
  /** Why the target refused a row, which stays as it was; null: it took all of them. */
  readonly refusal: string | null;
}

/** Deletes the rows that have the keys of `rows`, row text. */
export async function deleteRows(
  target: Session,
  dialect: Dialect,
  plan: TablePlan,
  rows: readonly Buffer[],
): Promise<Mended> {
  return await withStaging(target, dialect, plan, async (staged, writer) => {
    const loaded = await load(writer, staged.plan, rows);
    await writer.execute(`DELETE FROM ${staged.table} WHERE ${staged.isListed}`);
    return loaded;
  });
}

/**
 * Changed rows are updated in place (a delete would carry off or be stopped by rows that refer to them), missing rows are
 * loaded.
 */
export async function putRows(
  target: Session,
  dialect: Dialect,
  plan: TablePlan,
  changed: readonly Buffer[],
  missing: readonly Buffer[],
): Promise<Mended> {
  return await withStaging(target, dialect, plan, async (staged, writer) => {
    const others = plan.columns.filter(({ target: column }) => !staged.keyColumns.includes(column.name));
    let updated = nothing;
    if (changed.length > 0 && others.length > 0) {
      updated = await load(writer, staged.plan, changed);
      const values = others.map(({ target: column }) => {
        const name = dialect.quoteName(column.name);
        return `${name} = (SELECT s.${name} FROM ${staged.source} s WHERE ${staged.sameKey})`;
      });
      await writer.execute(`UPDATE ${staged.table} SET ${values.join(', ')} WHERE ${staged.isListed}`);
    }
    const added = missing.length > 0 ? await load(writer, plan, missing) : nothing;
    return { rows: updated.rows + added.rows, refusal: updated.refusal ?? added.refusal };
  });
}

interface Staged {
  /** Loads into the staging table. */
  readonly plan: TablePlan;
  readonly keyColumns: readonly string[];
  /** SQL: both tables, and the conditions that bind a row of the one to that of the other, called `s`. */
  readonly table: string;
  readonly source: string;
  readonly sameKey: string;
  readonly isListed: string;
}

/** Runs `work` in a transaction with an empty table beside the target, which is dropped afterwards. */
async function withStaging(
  target: Session,
  dialect: Dialect,
  plan: TablePlan,
  work: (staged: Staged, writer: Writer) => Promise<Mended>,
): Promise<Mended> {
  const keyColumns = keyPositions(plan).map((position) => plan.columns[position]!.target.name);
  const staging = { ...plan, target: { schema: target.catalog.defaultSchema, name: stagingName } };
  const [table, source] = [dialect.quoteTable(plan.target), dialect.quoteTable(staging.target)];
  const name = (column: string) => dialect.quoteName(column);
  const sameKey = keyColumns.map((column) => `s.${name(column)} = ${table}.${name(column)}`).join(' AND ');
  const isListed = `EXISTS (SELECT 1 FROM ${source} s WHERE ${sameKey})`;
  const drop = () => target.execute(`DROP TABLE IF EXISTS ${source}`);
  // One that a killed repair left may have other columns.
  await drop();
  // Types without keys and constraints, in every database's SQL.
  const columns = plan.columns.map((column) => name(column.target.name)).join(', ');
  await target.execute(`CREATE TABLE ${source} AS SELECT ${columns} FROM ${table} WHERE 1 = 0`);
  try {
    await using writer = await target.openWriter();
    await writer.begin();
    try {
      const mended = await work({ plan: staging, keyColumns, table, source, sameKey, isListed }, writer);
      await writer.commit();
      return mended;
    } catch (error) {
      await writer.rollback().catch(() => undefined);
      throw error;
    }
  } finally {
    await drop();
  }
}

const nothing: Mended = { rows: 0, refusal: null };

async function load(writer: Writer, plan: TablePlan, rows: readonly Buffer[]): Promise<Mended> {
  let refusal: string | null = null;
  const unit = { kind: 'held', bytes: Buffer.concat(rows), rows: rows.length } as const;
  const loaded = await loadUnit(writer, plan, unit, (_plan, _row, { message }) => (refusal ??= message));
  return { rows: loaded, refusal };
}
