/** Custom queries: what they return, learned without reading a row. */
import type { Connection, Submittable } from 'pg';
import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import type { ColumnSchema } from '../../model/table-schema.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { isServerError, postgresError } from './postgres-errors.ts';
import { withoutSemicolon } from './postgres-query-text.ts';
import { TypeCatalog } from './postgres-type-catalog.ts';

/**
 * Parsed twice: alone, where the protocol takes one statement only, so that nothing can hide behind a
 * closing parenthesis; then as a subquery, where PostgreSQL allows neither INSERT, UPDATE, DELETE nor utility statements,
 * not even in a WITH. Then opened for no rows, since FOR UPDATE is refused, and a constant like 1/0 computed, only then.
 */
export async function describeQuery(connection: PostgresConnection, sql: string): Promise<ColumnSchema[]> {
  const query = withoutSemicolon(sql);
  if (query === '') throw new SluiceError('query_invalid', 'The query is empty. Give a single SELECT.');
  await parse(connection, query);
  const fields = await parse(connection, `SELECT * FROM (\n${query}\n) AS sluice_query`);
  await open(connection, query);
  const repeated = fields.find((field, position) => fields.findIndex((other) => other.name === field.name) < position);
  if (repeated) {
    const message = `The query returns two columns "${repeated.name}". Give each a name of its own with AS.`;
    throw new SluiceError('query_invalid', message);
  }
  const types = await TypeCatalog.load(connection);
  const displays = await connection.rows(
    'SELECT format_type(t.oid, t.modifier) FROM unnest($1::oid[], $2::int[]) WITH ORDINALITY t (oid, modifier, position) ORDER BY position',
    [fields.map((field) => String(field.dataTypeID)), fields.map((field) => String(field.dataTypeModifier))],
  );
  return fields.map((field, position) => {
    const nativeType = displays[position]![0]!;
    return {
      name: field.name,
      nativeType,
      type: types.neutral(String(field.dataTypeID), field.dataTypeModifier, nativeType, '0'),
      nullable: true,
      default: null,
      identity: null,
      generated: null,
      collation: null,
      comment: null,
      updatesToNow: false,
      invisible: false,
    };
  });
}

/** OIDs of the types of a statement's columns; of a domain, its base type's. */
export async function resultTypes(connection: PostgresConnection, sql: string): Promise<number[]> {
  return (await parse(connection, sql)).map((field) => field.dataTypeID);
}

async function parse(connection: PostgresConnection, sql: string): Promise<readonly Field[]> {
  const statement = new DescribedStatement(sql);
  try {
    await connection.submit(statement);
  } catch (error) {
    // Class 42: syntax and names; 0A: not allowed in a subquery.
    if (!isServerError(error) || !/^(42|0A)/.test(error.code) || error.code === '42501')
      throw postgresError(error, connection.address, sql);
    const message = `The query must be one SELECT that changes nothing: ${error.message}.`;
    throw new SluiceError('query_invalid', message, { sqlState: error.code }, error);
  }
  if (statement.parameters > 0)
    throw new SluiceError('query_invalid', 'The query has parameters such as $1. Write the values into it.');
  if (statement.fields.length === 0)
    throw new SluiceError('query_invalid', 'The query returns no columns. Give a single SELECT.');
  return statement.fields;
}

/** Class 22: values; 25006: FOR UPDATE where nothing may be written. */
async function open(connection: PostgresConnection, query: string): Promise<void> {
  try {
    await connection.rows(`SELECT * FROM (\n${query}\n) AS sluice_query LIMIT 0`);
  } catch (thrown) {
    const { message, details } = SluiceError.from(thrown);
    if (!/^(22|25006)/.test(String(details['sqlState']))) throw thrown;
    throw new SluiceError('query_invalid', `The query must be one SELECT that changes nothing: ${message}`, details);
  }
}

interface Field {
  readonly name: string;
  readonly dataTypeID: number;
  readonly dataTypeModifier: number;
}

/** Parse, Describe and Sync without Bind and Execute. */
class DescribedStatement implements Submittable {
  readonly finished: Promise<void>;
  fields: readonly Field[] = [];
  parameters = 0;
  readonly #sql: string;
  readonly #settle: { resolve: () => void; reject: (error: unknown) => void };

  constructor(sql: string) {
    this.#sql = sql;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.finished = promise;
    this.#settle = { resolve, reject };
  }

  submit(connection: Connection): void {
    const learn = (message: { readonly dataTypeIDs: readonly number[] }) => {
      this.parameters = message.dataTypeIDs.length;
    };
    connection.once('parameterDescription', learn);
    this.finished.catch(() => undefined).finally(() => connection.removeListener('parameterDescription', learn));
    connection.parse({ name: '', text: this.#sql, types: [] }, true);
    connection.describe({ type: 'S', name: '' }, true);
    connection.sync();
  }

  handleRowDescription(message: { readonly fields: readonly Field[] }): void {
    this.fields = message.fields;
  }

  handleReadyForQuery(): void {
    this.#settle.resolve();
  }

  handleError(error: unknown): void {
    this.#settle.reject(error);
  }
}
