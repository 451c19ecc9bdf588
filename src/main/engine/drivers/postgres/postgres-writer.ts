import type { Writer } from '../../driver/driver.ts';
import { RowsRefused } from '../../driver/rows-refused.ts';
import type { LoadUnit } from '../../model/row-bundle.ts';
import type { TablePlan } from '../../model/table-plan.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { binaryCopy, columnBinaryTypes } from './postgres-binary-types.ts';
import { CopyIn } from './postgres-copy-in.ts';
import { asRowsRefused, postgresError } from './postgres-errors.ts';
import { quoteName, quoteTable } from './postgres-names.ts';

/** Takes ownership of `connection`; `close` ends it. */
export function postgresWriter(connection: PostgresConnection, close: () => Promise<void>): Writer {
  /** True while the savepoint of the last load stands. The next statement takes it away, which saves a round trip. */
  let marked = false;
  return {
    begin: (keys = 'checked') =>
      control(keys === 'checked' ? 'BEGIN' : 'BEGIN; SET LOCAL session_replication_role = replica'),
    binaryTypes: (plan) => columnBinaryTypes(connection, plan),
    load,
    // COPY names the column and the reason, so the same way serves for both.
    loadStrict: load,
    execute: (sql) => connection.run(sql),
    commit: () => control('COMMIT'),
    rollback: () => control('ROLLBACK'),
    [Symbol.asyncDispose]: close,
  };

  async function control(sql: string): Promise<void> {
    marked = false;
    await connection.run(sql);
  }

  async function load(plan: TablePlan, unit: LoadUnit): Promise<void> {
    const isBinary = unit.kind === 'held' && unit.isBinary === true;
    const bytes = unit.kind === 'streamed' ? unit.bytes : isBinary ? binaryCopy(unit.bytes) : [unit.bytes];
    const columns = plan.columns.map((column) => column.target.name);
    const copy = new CopyIn(
      (marked ? 'RELEASE SAVEPOINT sluice_load; ' : '') +
        `SAVEPOINT sluice_load; COPY ${quoteTable(plan.target)} (${columns.map(quoteName).join(', ')}) FROM STDIN${isBinary ? ' (FORMAT binary)' : ''}`,
      bytes,
    );
    try {
      await connection.submit(copy);
      marked = true;
    } catch (error) {
      if (connection.usable) await undo();
      throw asRowsRefused(error, columns) ?? postgresError(error, connection.address, `load ${plan.label}`);
    }
    if (copy.rows !== unit.rows) {
      await undo();
      const message = `The table took ${copy.rows} of ${unit.rows} rows: a trigger of it leaves rows out.`;
      throw new RowsRefused(message, 'trigger');
    }
  }

  async function undo(): Promise<void> {
    marked = false;
    await connection.run('ROLLBACK TO SAVEPOINT sluice_load; RELEASE SAVEPOINT sluice_load');
  }
}
