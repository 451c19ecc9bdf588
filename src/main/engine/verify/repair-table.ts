/** Makes the target's differing rows equal to the source's: by key, in one transaction, without touching any other row. */
import { SluiceError } from '../../../shared/errors/sluice-error.ts';
import type { Dialect } from '../driver/dialect.ts';
import type { Session, Writer } from '../driver/driver.ts';
import type { TablePlan } from '../model/table-plan.ts';
import { keyPositions, type RowDifference } from './compare-table.ts';

const stagingName = '_sluice_repair';

/**
 * Changed rows are updated in place (a delete would carry off or be stopped by rows that refer to them), missing rows are
 * loaded, extra rows deleted. Rejects `value_unsupported` for a table without a copied key: its rows cannot be addressed.
 */
export async function repairTable(
  target: Session,
  dialect: Dialect,
  plan: TablePlan,
  differences: readonly RowDifference[],
): Promise<void> {
  const keyColumns = keyPositions(plan).map((position) => plan.columns[position]!.target.name);
  if (keyColumns.length === 0) {
    throw new SluiceError(
      'value_unsupported',
      `"${plan.label}" has no primary key, so single rows of it cannot be repaired: copy the table again with \`truncateTarget: true\`.`,
      { table: plan.label },
    );
  }
  const staging = { ...plan, target: { schema: target.catalog.defaultSchema, name: stagingName } };
  const rowsOf = (kind: RowDifference['kind']) =>
    differences.filter((each) => each.kind === kind).map((each) => each.row);
  await dropStaging();
  // Types without keys and constraints, in every database's SQL.
  const columns = plan.columns.map((column) => dialect.quoteName(column.target.name)).join(', ');
  await target.execute(
    `CREATE TABLE ${dialect.quoteTable(staging.target)} AS SELECT ${columns} FROM ${dialect.quoteTable(plan.target)} WHERE 1 = 0`,
  );
  try {
    await using writer = await target.openWriter();
    await writer.begin();
    try {
      const table = dialect.quoteTable(plan.target);
      const source = dialect.quoteTable(staging.target);
      const name = (column: string) => dialect.quoteName(column);
      const sameKey = keyColumns.map((column) => `s.${name(column)} = ${table}.${name(column)}`).join(' AND ');
      const listed = `EXISTS (SELECT 1 FROM ${source} s WHERE ${sameKey})`;
      if (await loadAll(writer, staging, rowsOf('extra'))) {
        await writer.execute(`DELETE FROM ${table} WHERE ${listed}`);
        await writer.execute(`DELETE FROM ${source}`);
      }
      const others = plan.columns.map((column) => column.target.name).filter((column) => !keyColumns.includes(column));
      if (others.length > 0 && (await loadAll(writer, staging, rowsOf('changed')))) {
        const values = others.map(
          (column) => `${name(column)} = (SELECT s.${name(column)} FROM ${source} s WHERE ${sameKey})`,
        );
        await writer.execute(`UPDATE ${table} SET ${values.join(', ')} WHERE ${listed}`);
      }
      await loadAll(writer, plan, rowsOf('missing'));
      await writer.commit();
    } catch (error) {
      await writer.rollback().catch(() => undefined);
      throw error;
    }
  } finally {
    await dropStaging();
  }

  async function dropStaging(): Promise<void> {
    await target.execute(`DROP TABLE IF EXISTS ${dialect.quoteTable(staging.target)}`);
  }
}

/** False: there was nothing to load. */
async function loadAll(writer: Writer, plan: TablePlan, rows: readonly Buffer[]): Promise<boolean> {
  if (rows.length === 0) return false;
  await writer.load(plan, { kind: 'held', bytes: Buffer.concat(rows), rows: rows.length });
  return true;
}
