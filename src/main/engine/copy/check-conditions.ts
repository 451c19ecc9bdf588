/** SQL of the user's, tried before anything is made: a mistake in it must not end a run half-way. */
import type { Dialect } from '../driver/dialect.ts';
import type { Session } from '../driver/driver.ts';
import { nameGivenSql } from './name-place.ts';
import type { SelectedTable } from './select-tables.ts';

/** Rejects with what the source says of a `where` that it cannot read. */
export async function checkConditions(
  { catalog }: Session,
  dialect: Dialect,
  tables: readonly SelectedTable[],
): Promise<void> {
  for (const { name, label, config } of tables) {
    if (config.where === undefined || config.query !== undefined) continue;
    // On lines of its own, so that a comment at its end ends there.
    const sql = `SELECT 1 AS sluice_check FROM ${dialect.quoteTable(name)} WHERE (\n${config.where}\n)`;
    await nameGivenSql(`\`where\` of table "${label}"`, catalog.describeQuery(sql));
  }
}
