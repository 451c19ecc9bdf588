/** One pass over a table to learn what its columns really hold; tables of few rows many at a time. */
import type { Hazard, Profile, ProfileQuestion, ProfileRequest } from '../../driver/catalog.ts';
import type { NeutralType } from '../../model/neutral-type.ts';
import type { ColumnSchema, TableSchema } from '../../model/table-schema.ts';
import type { PostgresConnection, TextRow } from './postgres-connection.ts';
import { quoteName, quoteTable } from './postgres-names.ts';

/** More digits than this no other database declares: such a column stays unbounded. */
const mostDigits = 65;

export async function profileTable(
  connection: PostgresConnection,
  version: number,
  table: TableSchema,
  request: ProfileRequest,
): Promise<Profile> {
  const expressions = expressionsOf(version, table, request);
  if (expressions.length === 0) return { types: new Map(), hazardCounts: [] };
  const [row] = await connection.rows(`SELECT ${expressions.join(', ')} FROM ${origin(table)}`);
  return profileOf(row!, request);
}

/** One query, in which each table is a value: what its row would be, as a JSON array of texts. */
export async function profileTables(
  connection: PostgresConnection,
  version: number,
  questions: readonly ProfileQuestion[],
): Promise<Profile[]> {
  const values = questions.map(({ table, request }) => {
    const texts = expressionsOf(version, table, request).map((expression) => `(${expression})::text`);
    return texts.length === 0 ? `'[]'` : `(SELECT json_build_array(${texts.join(', ')}) FROM ${origin(table)})`;
  });
  const [row] = await connection.rows(`SELECT ${values.join(', ')}`);
  return questions.map(({ request }, place) => profileOf(JSON.parse(row![place]!) as TextRow, request));
}

const origin = ({ kind, name }: TableSchema) => `${kind === 'table' ? 'ONLY ' : ''}${quoteTable(name)}`;

function expressionsOf(version: number, table: TableSchema, { settle, hazards }: ProfileRequest): string[] {
  const finite = (name: string) =>
    version >= 140000 ? `${name} NOT IN ('NaN', 'Infinity', '-Infinity')` : `${name} <> 'NaN'`;
  return [
    ...settle.flatMap((column) => {
      const name = quoteName(column);
      const filter = `FILTER (WHERE ${finite(name)})`;
      return [
        `max(trunc(abs(${name}))) ${filter}`,
        `max(scale(${name})) ${filter}`,
        `count(*) FILTER (WHERE NOT (${finite(name)}))`,
      ];
    }),
    ...hazards.map(({ column, hazard }) => {
      const schema = table.columns.find((other) => other.name === column);
      const condition = schema && hazardCondition(schema, hazard, version);
      return condition ? `count(*) FILTER (WHERE ${condition})` : 'max(0)';
    }),
  ];
}

/** `row`: values of `expressionsOf`. */
function profileOf(row: TextRow, { settle }: ProfileRequest): Profile {
  const types = new Map<string, NeutralType>();
  settle.forEach((column, position) => {
    const [largest, scale, notFinite] = row.slice(position * 3, position * 3 + 3);
    // Nothing is known about a column without a number in it, and declared digits hold no infinity.
    if (!largest || !scale || notFinite !== '0') return;
    const digits = (largest === '0' ? 0 : largest.length) + Number(scale);
    if (digits <= mostDigits)
      types.set(column, { kind: 'decimal', precision: Math.max(digits, 1), scale: Number(scale) });
  });
  return { types, hazardCounts: row.slice(settle.length * 3).map(Number) };
}

/** null: PostgreSQL has no such values. */
function hazardCondition({ name, type }: ColumnSchema, hazard: Hazard, version: number): string | null {
  const column = quoteName(name);
  switch (hazard) {
    case 'infinite-date':
      return `NOT isfinite(${column})`;
    case 'date-range':
      return `isfinite(${column}) AND (${column} < '0001-01-01' OR ${column} >= '10000-01-01')`;
    case 'not-a-number':
      return type.kind === 'float' || version >= 140000
        ? `${column} IN ('NaN', 'Infinity', '-Infinity')`
        : `${column} = 'NaN'`;
    case 'zero-date':
    case 'nul-byte':
      return null;
    default:
      throw new Error(`Unknown hazard ${hazard satisfies never as string}`);
  }
}
