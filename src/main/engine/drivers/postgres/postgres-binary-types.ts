/** The server's types in row binary. */
import type { TablePlan } from '../../model/table-plan.ts';
import type { BinaryType } from '../../row-binary/binary-type.ts';
import type { PostgresConnection, TextRow } from './postgres-connection.ts';
import { quoteTable } from './postgres-names.ts';
import { resultTypes } from './postgres-query.ts';

/** Types whose value is the bytes of their text. The functions behind them look at its length and encoding. */
const textTypes = new Set(['text', 'varchar', 'bpchar', 'json']);
const momentTypes = new Set(['timestamp', 'timestamptz']);
/** Others whose binary form is the same in all versions; that of intervals is not, since 17 has infinite ones. That of arrays names the type of their elements, of which these are built in. */
const plainTypes = new Set([
  ...['bool', 'int2', 'int4', 'int8', 'oid', 'float4', 'float8', 'numeric', 'bytea', 'uuid', 'jsonb', 'date', 'time'],
  ...['timetz', 'bit', 'varbit', 'inet', 'cidr', 'macaddr', 'macaddr8', 'point', 'tsvector'],
  ...['_bool', '_int2', '_int4', '_int8', '_float4', '_float8', '_numeric', '_text', '_varchar', '_bpchar', '_uuid'],
  ...['_date', '_time', '_timestamp', '_timestamptz', '_json', '_jsonb', '_bytea', '_inet'],
]);

/** `kind`: pg_type.typtype. */
function binaryType([name, kind, isBuiltIn]: TextRow): BinaryType | null {
  if (kind === 'e') return 'text';
  if (kind !== 'b' || isBuiltIn !== 't') return null;
  if (textTypes.has(name!)) return 'text';
  if (momentTypes.has(name!)) return 'timestamp';
  return plainTypes.has(name!) ? name! : null;
}

const typeColumns = `t.typname, t.typtype, t.typnamespace = 'pg_catalog'::regnamespace`;

/** As the writer takes `plan`'s columns: by the types that they have in the server. A domain is received as its base type, then checked. */
export async function columnBinaryTypes(
  connection: PostgresConnection,
  plan: TablePlan,
): Promise<readonly BinaryType[] | null> {
  const rows = await connection.rows(
    `SELECT a.attname, ${typeColumns}
      FROM pg_catalog.pg_attribute a
      JOIN pg_catalog.pg_type c ON c.oid = a.atttypid
      JOIN pg_catalog.pg_type t ON t.oid = CASE c.typtype WHEN 'd' THEN c.typbasetype ELSE c.oid END
      WHERE a.attrelid = $1::regclass AND a.attnum > 0`,
    [quoteTable(plan.target)],
  );
  const types = new Map(rows.map(([column, ...type]) => [column, binaryType(type)]));
  const found = plan.columns.map(({ target }) => types.get(target.name) ?? null);
  return found.every((type) => type !== null) ? found : null;
}

/** As the server would send the columns of a statement; null for those that have no binary form of ours. */
export async function readBinaryTypes(
  connection: PostgresConnection,
  sql: string,
): Promise<readonly (BinaryType | null)[]> {
  const oids = (await resultTypes(connection, sql)).map(String);
  const rows = await connection.rows(
    `SELECT t.oid, ${typeColumns} FROM pg_catalog.pg_type t WHERE t.oid = ANY ($1::oid[])`,
    [oids],
  );
  const types = new Map(rows.map(([oid, ...type]) => [oid, binaryType(type)]));
  return oids.map((oid) => types.get(oid) ?? null);
}

/** Signature, flags, and the length of an extension that is not there. */
const header = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
/** A count of fields that is -1. */
const trailer = Buffer.from([0xff, 0xff]);

/** All that COPY reads, around tuples. */
export const binaryCopy = (tuples: Buffer): Buffer[] => [header, tuples, trailer];
