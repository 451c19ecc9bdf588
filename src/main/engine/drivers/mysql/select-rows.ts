/** The SELECT that reads a table plan's columns in a form that becomes row text without loss. */
import type { ColumnPlan, KeyRange, TablePlan } from '../../model/table-plan.ts';
import type { ColumnSchema } from '../../model/table-schema.ts';
import { quoteName, quoteTable, quoteText } from './mysql-names.ts';

export function selectRows(plan: TablePlan, range: KeyRange | null): string {
  const columns = plan.columns.map((column) => `${selectExpression(column)} AS ${quoteName(column.source.name)}`);
  const conditions = [
    ...(plan.source.where === null ? [] : [`(${plan.source.where}\n)`]),
    ...(range === null ? [] : rangeConditions(range, keyColumn(plan, range))),
  ];
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
  const origin = plan.source.query === null ? quoteTable(plan.source.table) : derivedTable(plan.source.query);
  return `SELECT ${columns.join(', ')} FROM ${origin}${where}`;
}

/** A user's query as an origin of rows: in this place only one SELECT that changes nothing can stand. */
export const derivedTable = (query: string): string => `(${withoutEnd(query)}\n) AS ${quoteName('sluice_query')}`;

/** Without the semicolon that may end it. */
export const withoutEnd = (query: string): string => query.replace(/[\s;]+$/, '');

/**
 * FLOAT's own text is rounded to 6 digits (16777216 => 16777200) and DOUBLE(M,D) to D decimals; ZEROFILL pads numbers, and
 * YEAR 0 is `0000`. Nothing is ever wrapped in a function whose result is limited by max_allowed_packet.
 */
function selectExpression({ source, wire }: ColumnPlan): string {
  const name = quoteName(source.name);
  const { type, nativeType } = source;
  // A product with a double is a double on every version; CAST(... AS DOUBLE) came with MySQL 8.0.17. Adding 0 would lose -0.
  if (type.kind === 'float' && (type.bits === 32 || /\(|zerofill/.test(nativeType))) return `${name} * 1e0`;
  if (type.kind === 'decimal' && /zerofill/.test(nativeType)) {
    return `CAST(${name} AS DECIMAL(${type.precision}, ${type.scale}))`;
  }
  if (
    type.kind === 'integer' &&
    (/zerofill/.test(nativeType) || (/^year/.test(nativeType) && wire.kind === 'integer'))
  ) {
    return `CAST(${name} AS UNSIGNED)`;
  }
  return name;
}

/** Conditions of a half-open range over the leading key column. */
export function rangeConditions(range: KeyRange, column: ColumnSchema): string[] {
  const name = quoteName(range.column);
  return [
    ...(range.from === null ? [] : [`${name} >= ${keyLiteral(range.from, column)}`]),
    ...(range.to === null ? [] : [`${name} < ${keyLiteral(range.to, column)}`]),
  ];
}

/** Prints a key as the bound of a range, which `keyLiteral` reads: its canonical text; of texts the hex of their UTF-8, which any ledger holds. */
export function keyPrinted({ name, type }: ColumnSchema): string {
  const key = quoteName(name);
  if (type.kind === 'bytes') return `CONCAT('\\\\x', LOWER(HEX(${key})))`;
  if (type.kind === 'text') return `CONCAT('\\\\x', LOWER(HEX(CONVERT(${key} USING utf8mb4))))`;
  // See selectExpression.
  return type.kind === 'float' ? `${key} * 1e0` : key;
}

/** The bound of a range as a literal that compares in the column's own order and uses its index. */
export function keyLiteral(text: string, { type }: ColumnSchema): string {
  const digits = text.replace(/^\\x/, '');
  if (type.kind === 'bytes') return `x'${digits}'`;
  if (type.kind === 'text') return `_utf8mb4 x'${digits}'`;
  if ((type.kind === 'integer' || type.kind === 'decimal') && /^-?\d+(\.\d+)?$/.test(text)) return text;
  if (type.kind === 'float') return /e/.test(text) ? text : `${text}e0`;
  return quoteText(text);
}

function keyColumn(plan: TablePlan, range: KeyRange): ColumnSchema {
  const column = plan.source.schema.columns.find(({ name }) => name === range.column);
  if (!column) throw new TypeError(`Range over "${range.column}", which "${plan.label}" does not have`);
  return column;
}
