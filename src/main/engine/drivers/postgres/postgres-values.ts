/** Select lists: each column as SQL whose COPY text is the canonical text of its wire type. */
import type { NeutralType } from '../../model/neutral-type.ts';
import type { ColumnPlan } from '../../model/table-plan.ts';
import { quoteName } from './postgres-names.ts';

/** The column as its wire wants it; `native` wires take the column as it is. */
export function valueExpression(column: ColumnPlan, version: number): string {
  const name = quoteName(column.source.name);
  if (column.wire.kind === 'native') return name;
  return withRules(column, name, canonical(column.source.nativeType, column.source.type, column.wire, name), version);
}

/** Canonical text of `value`, which is of the native type. */
function canonical(native: string, type: NeutralType, wire: NeutralType, value: string): string {
  switch (type.kind) {
    case 'boolean':
      // A column that was there before and took the 0 and 1 of an integer.
      return wire.kind === 'integer' ? `${value}::int` : value;
    case 'float':
      return type.bits === 32 ? `${value}::float8` : value;
    case 'timestamptz':
      return `${value} AT TIME ZONE 'UTC'`;
    case 'decimal':
      return native === 'money' ? `${value}::numeric` : value;
    case 'text':
      // The cast takes away the padding of char(n), which has no meaning.
      return type.fixed ? `${value}::text` : value;
    case 'array':
      return `to_json(${arrayElements(type, value)})`;
    case 'geometry':
      // PostGIS prints its values as EWKB in upper-case hex.
      return wire.kind === 'bytes' ? `decode(${value}::text, 'hex')` : `lower(${value}::text)`;
    default:
      return value;
  }
}

/** Elements whose digits matter are strings in JSON, in their canonical text. */
function arrayElements({ element }: NeutralType & { kind: 'array' }, value: string): string {
  switch (element.kind) {
    case 'boolean':
    case 'integer':
    case 'json':
      return value;
    case 'float':
      return element.bits === 32 ? `${value}::float8[]` : value;
    case 'timestamptz':
      return `${value}::timestamp[]::text[]`;
    default:
      return `${value}::text[]`;
  }
}

const firstDate = '0001-01-01';
const lastDate = '9999-12-31';

function withRules({ source, rules }: ColumnPlan, name: string, value: string, version: number): string {
  const { type } = source;
  const { kind } = type;
  if (type.kind === 'date' || type.kind === 'timestamp' || type.kind === 'timestamptz') {
    const last =
      type.kind === 'date' ? lastDate : `${lastDate} 23:59:59${'.999999'.slice(0, type.fraction && type.fraction + 1)}`;
    const cases = [
      ...(rules.infiniteDate === 'null' ? [`WHEN NOT isfinite(${name}) THEN NULL`] : []),
      ...(rules.infiniteDate === 'limit'
        ? [`WHEN ${name} = 'infinity' THEN '${last}'`, `WHEN ${name} = '-infinity' THEN '${firstDate}'`]
        : []),
      ...(rules.dateRange === 'null'
        ? [`WHEN isfinite(${name}) AND (${name} < '${firstDate}' OR ${name} >= '10000-01-01') THEN NULL`]
        : []),
    ];
    return cases.length === 0 ? value : `CASE ${cases.join(' ')} ELSE ${value} END`;
  }
  if ((kind === 'float' || kind === 'decimal') && source.nativeType !== 'money' && rules.notANumber === 'null') {
    // numeric has infinities since PostgreSQL 14.
    const hasInfinity = kind === 'float' || version >= 140000;
    const none = hasInfinity ? `${name} IN ('NaN', 'Infinity', '-Infinity')` : `${name} = 'NaN'`;
    return `CASE WHEN ${none} THEN NULL ELSE ${value} END`;
  }
  return value;
}
