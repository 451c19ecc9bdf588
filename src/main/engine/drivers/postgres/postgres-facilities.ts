/** What differs between servers of PostgreSQL and their databases: functions of the version, extensions. */
import type { Facilities } from '../../driver/catalog.ts';
import type { TableNeed } from '../../driver/dialect.ts';
import type { ExtensionNeed, TableSchema } from '../../model/table-schema.ts';
import { calledFunction } from '../../sql/called-functions.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { postgresLexis } from './postgres-lexis.ts';
import { quoteName } from './postgres-names.ts';

/** SQL/JSON, which is printed as calls of no function: https://www.postgresql.org/docs/17/functions-json.html */
const grammar: readonly { readonly from: number; readonly words: readonly string[] }[] = [
  { from: 160000, words: ['json_array', 'json_arrayagg', 'json_objectagg'] },
  { from: 170000, words: ['json_exists', 'json_query', 'json_scalar', 'json_serialize', 'json_table', 'json_value'] },
];

/** A function of the user's that stands in for a newer server's is called like that one. */
const functionsSql = `SELECT proname, bool_or(oid < 16384 AND pronamespace = 'pg_catalog'::regnamespace)
  FROM pg_catalog.pg_proc WHERE pg_function_is_visible(oid) GROUP BY proname`;
const extensionsSql = `SELECT coalesce(x.extname, a.name), n.nspname FROM pg_catalog.pg_available_extensions a
  FULL JOIN pg_catalog.pg_extension x ON x.extname = a.name LEFT JOIN pg_catalog.pg_namespace n ON n.oid = x.extnamespace`;

export async function readFacilities(connection: PostgresConnection, version: number): Promise<Facilities> {
  const functions = await connection.rows(functionsSql);
  const extensions = await connection.rows(extensionsSql);
  const words = grammar.flatMap(({ from, words }) => (version >= from ? words : []));
  return {
    functions: new Set([...functions.map(([name]) => name!), ...words]),
    builtIn: new Set([...functions.flatMap(([name, isBuiltIn]) => (isBuiltIn === 't' ? name! : [])), ...words]),
    extensions: new Map(extensions.map(([name, schema]) => [name!, schema ?? null])),
  };
}

/** With those that it builds upon. */
export const extensionStatement = ({ name, schema }: ExtensionNeed): string =>
  `CREATE EXTENSION IF NOT EXISTS ${quoteName(name)}${schema === 'public' ? '' : ` SCHEMA ${quoteName(schema)}`} CASCADE`;

export function needsOf(table: TableSchema, there: Facilities, lacking: ReadonlySet<string>): TableNeed[] {
  const needed = table.traits.flatMap((trait) => (trait.startsWith('needs:') ? [trait.slice('needs:'.length)] : []));
  const calls = needed.flatMap((statement): TableNeed[] => {
    const name = calledFunction(statement, postgresLexis, lacking);
    if (name === null) return [];
    const text = `needs the function ${name}, which the target does not have: make one of that name there, or leave out the columns that use it`;
    return [{ code: 'function_missing', text, isMet: false, statement }];
  });
  return [...(table.extensions ?? []).flatMap((need) => extensionNeed(need, there)), ...calls];
}

function extensionNeed(need: ExtensionNeed, { extensions }: Facilities): TableNeed[] {
  const { name, schema } = need;
  const present = extensions.get(name);
  const create = extensionStatement(need);
  if (present === schema) return [];
  if (present === null) {
    const text = `uses the extension ${name}, which is made on the target`;
    return [{ code: 'extension_needed', text, isMet: true, statement: create }];
  }
  if (present === undefined) {
    const text = `uses the extension ${name}, which the target's server does not have: install it there, or leave out the columns and indexes that use it`;
    return [{ code: 'extension_missing', text, isMet: false, statement: create }];
  }
  const text = `uses the extension ${name} in schema ${schema}, which the target has in schema ${present}: move it`;
  const move = `ALTER EXTENSION ${quoteName(name)} SET SCHEMA ${quoteName(schema)}`;
  return [{ code: 'extension_missing', text, isMet: false, statement: move }];
}
