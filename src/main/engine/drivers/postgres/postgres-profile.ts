/** One pass over a table to learn what its columns really hold. */
import type { Hazard, Profile, ProfileRequest } from '../../driver/catalog.ts';
import type { NeutralType } from '../../model/neutral-type.ts';
import type { ColumnSchema, TableSchema } from '../../model/table-schema.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { quoteName, quoteTable } from './postgres-names.ts';

/** More digits than this no other database declares: such a column stays unbounded. */
const mostDigits = 65;

export async function profileTable(
  connection: PostgresConnection,
  version: number,
  table: TableSchema,
  request: ProfileRequest,
): Promise<Profile> {
  const finite = (name: string) =>
    version >= 140000 ? `${name} NOT IN ('NaN', 'Infinity', '-Infinity')` : `${name} <> 'NaN'`;
  const expressions = [
    ...request.settle.flatMap((column) => {
      const name = quoteName(column);
      const filter = `FILTER (WHERE ${finite(name)})`;
      return [
        `max(trunc(abs(${name}))) ${filter}`,
        `max(scale(${name})) ${filter}`,
        `count(*) FILTER (WHERE NOT (${finite(name)}))`,
      ];
    }),
    ...request.hazards.map(({ column, hazard }) => {
      const schema = table.columns.find((other) => other.name === column);
      const condition = schema && hazardCondition(schema, hazard, version);
      return condition ? `count(*) FILTER (WHERE ${condition})` : '0';
    }),
  ];
  if (expressions.length === 0) return { types: new Map(), hazardCounts: [] };
  const only = table.kind === 'table' ? 'ONLY ' : '';
  const [row] = await connection.rows(`SELECT ${expressions.join(', ')} FROM ${only}${quoteTable(table.name)}`);
  const types = new Map<string, NeutralType>();
  request.settle.forEach((column, position) => {
    const [largest, scale, notFinite] = row!.slice(position * 3, position * 3 + 3);
    // Nothing is known about a column without a number in it, and declared digits hold no infinity.
    if (!largest || !scale || notFinite !== '0') return;
    const digits = (largest === '0' ? 0 : largest.length) + Number(scale);
    if (digits <= mostDigits)
      types.set(column, { kind: 'decimal', precision: Math.max(digits, 1), scale: Number(scale) });
  });
  return { types, hazardCounts: row!.slice(request.settle.length * 3).map(Number) };
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
