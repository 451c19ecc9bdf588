/** Removes the rows of a target table, and of no other. */
import type { Session } from '../driver/driver.ts';
import type { Dialect } from '../driver/dialect.ts';
import type { PlannedTable } from './convert-plan.ts';

export async function emptyTarget(target: Session, dialect: Dialect, table: PlannedTable): Promise<void> {
  const name = table.plan.target;
  if (!table.checksKeysAfter) {
    await target.execute(dialect.emptyTable(name));
    return;
  }
  await using writer = await target.openWriter();
  await writer.begin('unchecked');
  await writer.execute(dialect.emptyUnchecked(name));
  await writer.commit();
}
