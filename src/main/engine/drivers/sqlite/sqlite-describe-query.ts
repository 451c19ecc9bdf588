/** The result of a user's query: its columns, and proof that it only reads. */
import type { DatabaseSync } from 'node:sqlite';
import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import type { NeutralType } from '../../model/neutral-type.ts';
import type { ColumnSchema } from '../../model/table-schema.ts';
import { resultCode } from './sqlite-errors.ts';
import { settle } from './sqlite-profile.ts';
import { firstStatement } from './sqlite-first-statement.ts';
import { readType } from './sqlite-types.ts';

/** Columns as far as they are certain, the others as their rows have it: the query is run once for that. */
export async function describeQuery(
  database: DatabaseSync,
  sql: string,
  throwIfEnded: () => void,
): Promise<ColumnSchema[]> {
  const columns = prepareReading(database, sql);
  const types = columns.map(({ type }) => readType(type ?? ''));
  const doubtful = columns.flatMap(({ name }, index) =>
    types[index]!.certain ? [] : [{ name, type: types[index]!.type }],
  );
  const origin = { from: `(\n${firstStatement(sql).text}\n)`, rowid: null };
  const profile = await settle(database, origin, doubtful, [], throwIfEnded);
  return columns.map(({ name, type }, index) =>
    columnOf(name, type ?? '', profile.types.get(name) ?? types[index]!.type),
  );
}

/** As a subquery nothing but a reading statement compiles, and columns of one name get names of their own: `a`, `a:1`. */
function prepareReading(database: DatabaseSync, sql: string): { name: string; type: string | null }[] {
  const { text, isAlone } = firstStatement(sql);
  if (!isAlone) throw invalid(sql, 'it is more than one statement');
  try {
    return database.prepare(`SELECT * FROM (\n${text}\n)`).columns();
  } catch (error) {
    if (resultCode(error) === null) throw error;
    throw invalid(
      sql,
      `it is not a statement that returns rows and changes nothing, or SQLite cannot read it (${(error as Error).message})`,
    );
  }
}

const invalid = (sql: string, why: string) =>
  new SluiceError('query_invalid', `The query cannot be used: ${why}.`, { query: sql });

const columnOf = (name: string, declared: string, type: NeutralType): ColumnSchema => ({
  name,
  nativeType: declared,
  type,
  nullable: true,
  default: null,
  identity: null,
  generated: null,
  collation: null,
  comment: null,
  updatesToNow: false,
  invisible: false,
});
