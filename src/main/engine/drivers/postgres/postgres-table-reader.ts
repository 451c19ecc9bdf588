import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import type { TableReader } from '../../driver/driver.ts';
import type { RowBundle } from '../../model/row-bundle.ts';
import type { KeyRange, TablePlan } from '../../model/table-plan.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { BinaryDoubt } from '../../driver/binary-doubt.ts';
import { BufferPool } from '../../row-text/buffer-pool.ts';
import { readBinaryTypes } from './postgres-binary-types.ts';
import { bundleBytes, CopyOut } from './postgres-copy-out.ts';
import { postgresError } from './postgres-errors.ts';
import { quoteName, quoteTable, quoteText } from './postgres-names.ts';
import { withoutSemicolon } from './postgres-query-text.ts';
import { valueExpression } from './postgres-values.ts';

/** Reads tables in the transaction that is open on `connection`. One read at a time. */
export function postgresTableReader(connection: PostgresConnection, version: number): TableReader {
  const buffers = new BufferPool(bundleBytes);
  return {
    read: (plan, range, signal) => read(plan, range, false, signal),
    binary: {
      async offers(plan, types) {
        // Asking locks the table until the transaction ends, but for the savepoint.
        await connection.run('SAVEPOINT sluice_ask');
        const own = await readBinaryTypes(connection, selectSql(plan, null, version));
        await connection.run('ROLLBACK TO SAVEPOINT sluice_ask; RELEASE SAVEPOINT sluice_ask');
        return types.every((type, column) => own[column] === type);
      },
      read: (plan, range, _types, signal) => read(plan, range, true, signal),
    },
  };

  async function* read(
    plan: TablePlan,
    range: KeyRange | null,
    isBinary: boolean,
    signal?: AbortSignal,
  ): AsyncGenerator<RowBundle> {
    signal?.throwIfAborted();
    // A cancelled or failed statement ends its transaction, and with it the snapshot, but for the savepoint.
    await connection.run(`SAVEPOINT sluice_read${moneySetting(plan)}`);
    const options = isBinary ? ' (FORMAT binary)' : '';
    const copy = new CopyOut(`COPY (${selectSql(plan, range, version)}) TO STDOUT${options}`, buffers, isBinary);
    const submitted = connection.submit(copy);
    submitted.catch(() => undefined);
    let complete = false;
    const abort = () => copy.refuse(new SluiceError('cancelled', `Reading ${plan.label} was cancelled.`));
    signal?.addEventListener('abort', abort);
    try {
      yield* copy.bundles();
      await submitted;
      complete = true;
    } catch (error) {
      if (error instanceof BinaryDoubt) throw error;
      throw postgresError(error, connection.address, `read ${plan.label}`);
    } finally {
      signal?.removeEventListener('abort', abort);
      if (!complete && connection.usable) {
        copy.discard();
        await connection.cancel();
        await submitted.catch(() => undefined);
      }
      if (connection.usable) {
        // Rolling back gives up the locks on table and indexes: those of thousands of tables have no room in the server's lock
        // table. A table that is read in parts keeps them, or a TRUNCATE between two parts would take the rest of its rows.
        const keepsLocks = complete && range !== null;
        await connection.run(`${keepsLocks ? '' : 'ROLLBACK TO SAVEPOINT sluice_read; '}RELEASE SAVEPOINT sluice_read`);
      }
    }
  }
}

/** money turns into a number by the locale of the database, and into text by ours. */
function moneySetting(plan: TablePlan): string {
  const money = plan.columns.filter((column) => column.source.nativeType === 'money');
  if (money.length === 0) return '';
  return `; SET LOCAL lc_monetary TO ${money.some((column) => column.wire.kind !== 'native') ? 'DEFAULT' : "'C'"}`;
}

export function selectSql(plan: TablePlan, range: KeyRange | null, version: number): string {
  const list = plan.columns.map((column) => valueExpression(column, version)).join(', ');
  const conditions = [
    ...(range === null ? [] : rangeConditions(plan, range)),
    // On lines of its own, so that a comment at its end ends there.
    ...(plan.source.where === null ? [] : [`(\n${plan.source.where}\n)`]),
  ];
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return `SELECT ${list} FROM ${origin(plan)}${where}`;
}

function origin({ source }: TablePlan): string {
  if (source.query !== null) return `(\n${withoutSemicolon(source.query)}\n) AS sluice_query`;
  // The children of an inheritance parent are tables of their own; a partitioned table has no rows but its partitions'.
  return `${source.schema.kind === 'table' ? 'ONLY ' : ''}${quoteTable(source.table)}`;
}

function rangeConditions(plan: TablePlan, range: KeyRange): string[] {
  let key = 'ctid';
  let literal = (bound: string) => `'(${bound},0)'::tid`;
  if (range.kind === 'key') {
    const type = plan.source.schema.columns.find((column) => column.name === range.column)?.nativeType;
    if (!type) throw new Error(`No column ${range.column} to read a range by.`);
    key = quoteName(range.column);
    literal = (bound) => `${quoteText(bound)}::${type}`;
  }
  return [
    ...(range.from === null ? [] : [`${key} >= ${literal(range.from)}`]),
    ...(range.to === null ? [] : [`${key} < ${literal(range.to)}`]),
  ];
}
