/** Removes the rows of a target table, and of no other. */
import type { Session } from '../driver/driver.ts';
import type { Dialect } from '../driver/dialect.ts';
import type { PlannedTable } from './convert-plan.ts';
import { UncheckedStatements } from './unchecked-statements.ts';

export async function emptyTarget(target: Session, dialect: Dialect, table: PlannedTable): Promise<void> {
  const name = table.plan.target;
  if (!table.checksKeysAfter) {
    await target.execute(dialect.emptyTable(name));
    return;
  }
  await using unchecked = new UncheckedStatements(target);
  await unchecked.execute(dialect.emptyUnchecked(name));
}
