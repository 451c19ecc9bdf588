/** Indexes, keys and constraints after the rows: in parallel, largest table first; a failure names the offending keys. */
import { SluiceError } from '../../../shared/errors/sluice-error.ts';
import type { RunEvent } from '../../../shared/model/run-event.ts';
import type { Dialect, LateStatement } from '../driver/dialect.ts';
import type { Session } from '../driver/driver.ts';
import { groupLate, type LateWork } from './group-late.ts';
import { UncheckedStatements } from './unchecked-statements.ts';

type Target = Pick<Session, 'execute' | 'query' | 'openWriter'>;

const shownOffenders = 10;
/** Attempts at a statement that loses deadlocks: each time another one got on, so that a few are enough. */
const mostAttempts = 10;

/**
 * Runs all of `work`, `parallelism` at a time, in order, what belongs together as one. A failure does not stop the others: what can be built is built,
 * then the first failure is thrown as `constraint_failed`, with up to 100 offending keys in its details. `work` is drawn as its turn
 * comes, so that the statements of thousands of tables need not be there at once.
 */
export async function buildLate(
  target: Target,
  work: Iterable<LateWork>,
  joins: Dialect['joinsLate'],
  parallelism: number,
  emit: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const queue = groupLate(work, joins);
  const failures: SluiceError[] = [];
  const report = ({ label, statement }: LateWork, status: 'started' | 'done' | 'failed', error: SluiceError | null) =>
    emit({
      type: 'build',
      table: label,
      name: statement.name,
      kind: statement.kind,
      status,
      error: error?.toData() ?? null,
    });
  const buildOne = async (next: LateWork, unchecked: UncheckedStatements) => {
    signal.throwIfAborted();
    try {
      await outliveDeadlocks(() => runLate(target, unchecked, next), signal);
      report(next, 'done', null);
    } catch (thrown) {
      signal.throwIfAborted();
      const error = await explain(target, next, SluiceError.from(thrown));
      failures.push(error);
      report(next, 'failed', error);
    }
  };
  const isBuiltTogether = async (group: readonly LateWork[], unchecked: UncheckedStatements): Promise<boolean> => {
    const [first, ...others] = group;
    if (joins === null || !first || others.length === 0) return false;
    const sql = joins.join(
      group.map(({ statement }) => statement.sql),
      first.table,
    );
    try {
      if (first.statement.looksFirst) for (const { statement } of group) await findNoOffenders(target, statement);
      await outliveDeadlocks(() => (first.statement.looksFirst ? unchecked : target).execute(sql), signal);
      return true;
    } catch {
      // Nothing of it was done. One after the other tells what is wrong, and builds the rest.
      signal.throwIfAborted();
      return false;
    }
  };
  const worker = async () => {
    await using unchecked = new UncheckedStatements(target);
    for (const group of queue) {
      signal.throwIfAborted();
      for (const each of group) report(each, 'started', null);
      if (await isBuiltTogether(group, unchecked)) for (const each of group) report(each, 'done', null);
      else for (const each of group) await buildOne(each, unchecked);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, parallelism) }, worker));
  if (failures[0]) throw failures[0];
}

/**
 * Keys built at once may wait for each other: those of a cycle lock the same tables in opposite order, and two
 * constraints of one table both want it alone after they made their indexes.
 */
async function outliveDeadlocks(build: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await build();
    } catch (thrown) {
      signal.throwIfAborted();
      if (SluiceError.from(thrown).code !== 'deadlock' || attempt === mostAttempts) throw thrown;
    }
  }
}

/** Where the constraint is already part of the table (SQLite), the check is the query for offenders. */
async function runLate(target: Target, unchecked: UncheckedStatements, { statement }: LateWork): Promise<void> {
  if (statement.sql === '' || statement.looksFirst) await findNoOffenders(target, statement);
  if (statement.sql !== '') await (statement.looksFirst ? unchecked : target).execute(statement.sql);
}

async function findNoOffenders(target: Target, { offendersSql }: LateStatement): Promise<void> {
  const offenders = offendersSql ? await target.query(offendersSql) : [];
  if (offenders.length > 0) throw new SluiceError('constraint_failed', 'rows break it');
}

/** Only errors about the rows become `constraint_failed`; a lost server stays one. */
async function explain(target: Target, { label, statement }: LateWork, error: SluiceError): Promise<SluiceError> {
  if (error.code !== 'constraint_failed' && error.code !== 'database_error') return error;
  const offenders = statement.offendersSql ? await target.query(statement.offendersSql).catch(() => []) : [];
  const keys = offenders.map((row) => row.map((value) => value ?? 'NULL').join(', '));
  const shown = keys.slice(0, shownOffenders).join('; ');
  const list = keys.length > 0 ? ` Offending keys: ${shown}${keys.length > shownOffenders ? '; ...' : ''}.` : '';
  return new SluiceError(
    'constraint_failed',
    `The ${statement.kind} "${statement.name}" of "${label}" cannot be built: ${error.message}.${list} ` +
      `The rows are kept; mend them and run again: it is tried again.`,
    { table: label, name: statement.name, statement: statement.sql, offenders: keys.slice(0, 100) },
  );
}
