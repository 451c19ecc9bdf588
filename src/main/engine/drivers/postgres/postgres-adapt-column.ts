/** A source's column as PostgreSQL would have it. */
import type { Finding } from '../../../../shared/model/finding.ts';
import type { AdaptContext } from '../../driver/dialect.ts';
import { claimName } from '../../driver/names.ts';
import type { NeutralType } from '../../model/neutral-type.ts';
import type { ColumnDefault, ColumnSchema, TableSchema } from '../../model/table-schema.ts';
import { calledFunction } from '../../sql/called-functions.ts';
import { postgresLexis } from './postgres-lexis.ts';
import { nameLimits, quoteName, quoteTable, quoteText } from './postgres-names.ts';
import { nativeType } from './postgres-types.ts';

export interface AdaptedColumn {
  readonly column: ColumnSchema;
  readonly wire: NeutralType;
  /** A condition that the type alone does not keep, e.g. the labels of a set. */
  readonly check: string | null;
}

/** Collects findings of one table; `column` is the source's word for it. */
export class TableFindings {
  readonly all: Finding[] = [];
  readonly #label: string;

  constructor(label: string) {
    this.#label = label;
  }

  add(severity: Finding['severity'], code: string, message: string, column?: string, statement?: string | null): void {
    this.all.push({
      severity,
      code,
      message: `${column === undefined ? `Table "${this.#label}"` : `Column "${column}" of "${this.#label}"`} ${message}`,
      table: this.#label,
      ...(column !== undefined && { column }),
      ...(statement && { statement }),
    });
  }
}

/** The same family: the native type and its text stay as they are. */
export function keepColumn(
  column: ColumnSchema,
  { translate, lacking }: AdaptContext,
  findings: TableFindings,
): AdaptedColumn {
  const sql = column.generated && translate(column.generated.sql, 'value');
  const generated = sql === null ? null : { sql, stored: true };
  if (column.generated && !generated) {
    const message =
      'is computed by the source from a column that is not copied, or by a function that the target does not have: its values are copied.';
    findings.add('warning', 'generated_dropped', message, column.name, column.generated.sql);
  } else if (column.generated && !column.generated.stored) {
    const message = 'is virtual and becomes a stored column, which all supported versions have.';
    findings.add('info', 'generated_stored', message, column.name, column.generated.sql);
  }
  const wire: NeutralType = { kind: 'native', family: 'postgres', type: column.nativeType };
  const value = column.default;
  const unknown = value?.sql === undefined ? null : calledFunction(value.sql, postgresLexis, lacking);
  if (unknown !== null) {
    const message = `has a default that calls ${unknown}, which the target does not have: it is left out.`;
    findings.add('warning', 'default_dropped', message, column.name, value!.sql);
  }
  const ownDefault: ColumnDefault | null =
    unknown !== null
      ? null
      : value?.sql === undefined
        ? value
        : { kind: 'expression', sql: value.sql, family: 'postgres' };
  return { column: { ...column, generated, default: ownDefault }, wire, check: null };
}

export function translateColumn(
  column: ColumnSchema,
  table: TableSchema,
  context: AdaptContext,
  findings: TableFindings,
  takenTypes: Set<string>,
): AdaptedColumn {
  const { type } = column;
  const enumName = claimName(`${table.name.name}_${column.name}`, nameLimits, takenTypes);
  // Types are printed without the schema where it is on the path.
  const schema = table.name.schema === context.defaultSchema ? null : table.name.schema;
  const enumType = plainName.test(enumName) && schema === null ? enumName : quoteTable({ schema, name: enumName });
  const native = nativeType(type, context.rules, enumType);
  reportType(column, table, findings);
  const adapted: ColumnSchema = {
    ...column,
    nativeType: native,
    type: type.kind === 'enum' ? { ...type, name: enumName } : type,
    collation: null,
    updatesToNow: false,
    invisible: false,
    generated: translateGenerated(column, context, findings),
  };
  return {
    column: { ...adapted, default: translateDefault(column, adapted, context, findings) },
    // What has no type of its own here travels as the text that it is.
    wire: type.kind === 'any' || type.kind === 'native' ? text : type,
    check: type.kind === 'set' ? setCheck(column.name, type.labels) : null,
  };
}

const text: NeutralType = { kind: 'text', length: null, fixed: false, ignoresCase: false };

/** Names that PostgreSQL prints without quotes, keywords aside: quoting those is harmless. */
const plainName = /^[a-z_][a-z0-9_]*$/;

function setCheck(column: string, labels: readonly string[]): string {
  return `string_to_array(${quoteName(column)}, ',') <@ ARRAY[${labels.map(quoteText).join(', ')}]::text[]`;
}

function reportType(column: ColumnSchema, table: TableSchema, findings: TableFindings): void {
  const { type, name } = column;
  const alter = (suffix: string) =>
    `ALTER TABLE ${quoteTable(table.name)} ALTER COLUMN ${quoteName(name)} TYPE ${suffix}`;
  if (type.kind === 'text' && type.ignoresCase) {
    const message = 'ignores case when it compares; on PostgreSQL it does not. The extension citext has such a type.';
    findings.add('warning', 'case_insensitive_text', message, name, alter('citext'));
  } else if (type.kind === 'geometry') {
    const message = 'becomes text that holds EWKB in hex. Where PostGIS is installed, this makes a geometry of it.';
    findings.add(
      'warning',
      'geometry_as_text',
      message,
      name,
      alter(`geometry${type.srid === null ? '' : `(geometry, ${type.srid})`} USING ${quoteName(name)}::geometry`),
    );
  } else if (type.kind === 'set') {
    findings.add('info', 'set_as_text', 'is a set and becomes text with a check of its labels.', name);
  } else if (type.kind === 'native') {
    findings.add('warning', 'type_as_text', `has the type ${column.nativeType} and becomes text.`, name);
  } else if (type.kind === 'any') {
    findings.add('info', 'type_as_text', 'holds values of several types and becomes text.', name);
  }
  if (column.updatesToNow) {
    const message = 'is set to the time of each update by the source; on PostgreSQL that takes a trigger.';
    findings.add('warning', 'on_update_dropped', message, name, updateTrigger(column, table));
  }
  if (column.invisible) findings.add('info', 'column_visible', 'is invisible on the source and is visible here.', name);
}

function updateTrigger({ name }: ColumnSchema, table: TableSchema): string {
  const called = quoteName(`${table.name.name}_${name}_touch`);
  const touched = quoteName(name);
  return (
    `CREATE FUNCTION ${called}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ` +
    `IF NEW.${touched} IS NOT DISTINCT FROM OLD.${touched} AND NEW IS DISTINCT FROM OLD THEN ` +
    `NEW.${touched} := CURRENT_TIMESTAMP; END IF; RETURN NEW; END $$; ` +
    `CREATE TRIGGER ${called} BEFORE UPDATE ON ${quoteTable(table.name)} FOR EACH ROW EXECUTE FUNCTION ${called}()`
  );
}

function translateGenerated(
  column: ColumnSchema,
  { translate }: AdaptContext,
  findings: TableFindings,
): ColumnSchema['generated'] {
  if (!column.generated) return null;
  // A generated column here may not use another generated one.
  const sql = translate(column.generated.sql, 'value', (other) => other.generated !== null);
  if (sql !== null) return { sql, stored: true };
  const message = 'is computed by the source with an expression that has no certain equal here: its values are copied.';
  findings.add('warning', 'generated_dropped', message, column.name, column.generated.sql);
  return null;
}

function translateDefault(
  source: ColumnSchema,
  target: ColumnSchema,
  { translate }: AdaptContext,
  findings: TableFindings,
): ColumnDefault | null {
  const wanted = source.default;
  if (!wanted || target.generated || target.identity) return null;
  const accepted = acceptDefault(wanted, target, translate);
  if (accepted !== null) return accepted;
  const shown = wanted.kind === 'expression' ? wanted.sql : wanted.kind === 'value' ? wanted.text : wanted.kind;
  const message = `has a default that ${target.nativeType} does not take or that has no certain equal: it is left out.`;
  findings.add('warning', 'default_dropped', message, source.name, shown);
  return null;
}

function acceptDefault(
  wanted: ColumnDefault,
  target: ColumnSchema,
  translate: AdaptContext['translate'],
): ColumnDefault | null {
  const { kind } = target.type;
  const isText = kind === 'text' || kind === 'any';
  switch (wanted.kind) {
    case 'value':
      return isValueOf(wanted.text, target.type) ? wanted : null;
    case 'now':
      return isText || ['timestamp', 'timestamptz', 'date', 'time'].includes(kind) ? wanted : null;
    case 'current-date':
      return isText || ['timestamp', 'timestamptz', 'date'].includes(kind) ? wanted : null;
    case 'current-time':
      return isText || kind === 'time' ? wanted : null;
    case 'uuid':
      return isText || kind === 'uuid' ? wanted : null;
    case 'expression': {
      const sql = translate(wanted.sql, 'value', () => true);
      return sql === null ? null : { kind: 'expression', sql, family: 'postgres' };
    }
    default:
      throw new Error(`Unknown default ${(wanted satisfies never as ColumnDefault).kind}`);
  }
}

const date = String.raw`(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])`;
const time = String.raw`\d+:\d\d(?::\d\d(?:\.\d+)?)?`;

/** Forms that PostgreSQL takes for a type; a default of another form would make CREATE TABLE fail. */
const forms: Partial<Record<NeutralType['kind'], RegExp>> = {
  boolean: /^[tf01]$/,
  integer: /^-?\d+$/,
  decimal: /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i,
  float: /^(-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|NaN|-?Infinity)$/i,
  bytes: /^\\x([0-9a-f]{2})*$/i,
  date: new RegExp(`^${date}$`),
  time: new RegExp(`^-?${time}$`),
  timestamp: new RegExp(`^${date}( ${time})?$`),
  timestamptz: new RegExp(`^${date}( ${time})?$`),
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  bits: /^[01]*$/,
};

function isValueOf(value: string, type: NeutralType): boolean {
  if (type.kind === 'enum') return type.labels.includes(value);
  if (type.kind === 'text') return type.length === null || [...value].length <= type.length;
  if (type.kind === 'json') return isJson(value);
  if (type.kind === 'array') return false;
  return forms[type.kind]?.test(value) ?? true;
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}
