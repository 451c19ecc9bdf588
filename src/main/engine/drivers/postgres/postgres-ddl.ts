/** CREATE TABLE and what must come before it. */
import type {
  ColumnSchema,
  IdentitySchema,
  PartitioningSchema,
  TableName,
  TableSchema,
} from '../../model/table-schema.ts';
import { claimName } from '../../driver/names.ts';
import { extensionStatement } from './postgres-facilities.ts';
import { sequenceSettings } from './postgres-sequence-settings.ts';
import { nameLimits, quoteName, quoteTable, quoteText } from './postgres-names.ts';

/** Schema, types and functions, the table with its columns, its partitions. */
export function createTableStatements(table: TableSchema): string[] {
  const types = new Set([
    ...table.traits.filter((trait) => trait.startsWith('needs:')).map((trait) => trait.slice('needs:'.length)),
    ...table.columns.flatMap(enumOf),
  ]);
  const schemas = new Set(
    [
      table.name.schema,
      ...[...types].map(schemaOfType),
      ...(table.extensions ?? []).map((extension) => extension.schema),
    ].filter((schema) => schema !== null && schema !== 'public'),
  );
  const sequences = table.columns.flatMap((column) => sequenceOf(table.name, column) ?? []);
  const unlogged = table.traits.includes('unlogged') ? 'UNLOGGED ' : '';
  const columns = table.columns.map((column) => `  ${columnClause(table.name, column)}`).join(',\n');
  const partitioning = table.partitioning ? ` PARTITION BY ${table.partitioning.clause}` : '';
  const kept = table.traits.flatMap((trait) => (trait.startsWith('storage:') ? [trait.slice('storage:'.length)] : []));
  const storage = kept.length === 0 ? '' : ` WITH (${kept.join(', ')})`;
  const name = quoteTable(table.name);
  return [
    ...[...schemas].map((schema) => createSchema(schema!)),
    ...(table.extensions ?? []).map((need) => tolerant(extensionStatement(need), 'NULL;')),
    ...[...types].map(createType),
    ...sequences.map((sequence) => `CREATE SEQUENCE ${sequence.name}${sequence.options}`),
    `CREATE ${unlogged}TABLE ${name} (\n${columns}\n)${partitioning}${storage}`,
    ...sequences.map((sequence) => `ALTER SEQUENCE ${sequence.name} OWNED BY ${name}.${quoteName(sequence.column)}`),
    ...partitionStatements(table.name, table.partitioning),
  ];
}

function partitionStatements(parent: TableName, partitioning: PartitioningSchema | null): string[] {
  return (partitioning?.partitions ?? []).flatMap(({ name, bound, partitioning: own }) => [
    `CREATE TABLE ${quoteTable(name)} PARTITION OF ${quoteTable(parent)} ${bound}${own ? ` PARTITION BY ${own.clause}` : ''}`,
    ...partitionStatements(name, own),
  ]);
}

function columnClause(table: TableName, column: ColumnSchema): string {
  const sequence = sequenceOf(table, column);
  const shared = column.identity?.drawsFromOther ? column.identity.sequence : null;
  const value = shared
    ? ` DEFAULT nextval(${quoteText(quoteTable(shared.name))}::regclass)`
    : sequence
      ? ` DEFAULT nextval(${quoteText(sequence.name)}::regclass)`
      : column.identity
        ? identityClause(column.identity)
        : column.generated
          ? ` GENERATED ALWAYS AS (${column.generated.sql}) STORED`
          : defaultClause(column);
  const collation = column.collation === null ? '' : ` COLLATE ${column.collation}`;
  return `${quoteName(column.name)} ${column.nativeType}${collation}${value}${column.nullable ? '' : ' NOT NULL'}`;
}

function identityClause(identity: IdentitySchema): string {
  const options = sequenceOptions(identity);
  return ` GENERATED ${identity.kind === 'always' ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY${options && ` (${options.trim()})`}`;
}

function sequenceOptions({ increment, next, sequence }: IdentitySchema): string {
  if (sequence) return sequenceSettings(sequence);
  const step = increment === '1' ? '' : ` INCREMENT BY ${increment}`;
  // A sequence ends at 1 (at -1 when it counts down) unless told otherwise.
  const isWide = next !== null && (increment.startsWith('-') ? BigInt(next) > -1n : BigInt(next) < 1n);
  if (!isWide) return step;
  return `${step}${increment.startsWith('-') ? ` NO MINVALUE MAXVALUE ${next}` : ` MINVALUE ${next}`} START WITH ${next}`;
}

const integerTypes = new Set(['smallint', 'integer', 'bigint', 'int2', 'int4', 'int8', 'int']);

/**
 * Identity columns are integers and NOT NULL; another column, such as the numeric of an unsigned bigint, draws from a
 * sequence that it owns, as a serial one does.
 */
function sequenceOf(table: TableName, column: ColumnSchema): { name: string; options: string; column: string } | null {
  const { identity } = column;
  if (!identity || identity.drawsFromOther) return null;
  const options = sequenceOptions(identity);
  if (identity.kind === 'serial' && identity.sequence) {
    const { name, type } = identity.sequence;
    const typed = `${type === 'bigint' ? '' : ` AS ${type}`}${options}`;
    return { name: quoteTable({ schema: table.schema, name: name.name }), options: typed, column: column.name };
  }
  if (integerTypes.has(column.nativeType) && !column.nullable) return null;
  const name = claimName(`${table.name}_${column.name}_seq`, nameLimits, new Set());
  return { name: quoteTable({ schema: table.schema, name }), options, column: column.name };
}

function defaultClause({ default: value, type }: ColumnSchema): string {
  if (!value) return '';
  const isText = type.kind === 'text' || type.kind === 'any';
  const fraction = (digits: number) => (digits < 6 ? `(${digits})` : '');
  // Sources that keep times as text write them in UTC, in this form.
  const utc = (form: string) => ` DEFAULT to_char(now() AT TIME ZONE 'UTC', '${form}')`;
  switch (value.kind) {
    case 'value':
      return ` DEFAULT ${quoteText(value.text)}`;
    case 'now':
      return isText ? utc('YYYY-MM-DD HH24:MI:SS') : ` DEFAULT CURRENT_TIMESTAMP${fraction(value.fraction)}`;
    case 'current-date':
      return isText ? utc('YYYY-MM-DD') : ' DEFAULT CURRENT_DATE';
    case 'current-time':
      return isText ? utc('HH24:MI:SS') : ' DEFAULT LOCALTIME';
    case 'uuid':
      return ' DEFAULT gen_random_uuid()';
    case 'expression':
      return ` DEFAULT ${value.sql}`;
    default:
      throw new Error(`Unknown default ${(value satisfies never as { kind: string }).kind}`);
  }
}

function enumOf({ type, nativeType }: ColumnSchema): string[] {
  return type.kind === 'enum' ? [enumStatement(nativeType, type.labels)] : [];
}

/** `name` is quoted where it needs to be. */
export function enumStatement(name: string, labels: readonly string[]): string {
  return `CREATE TYPE ${name} AS ENUM (${labels.map(quoteText).join(', ')})`;
}

const enumParts = /^CREATE TYPE (.+?) AS ENUM \((.*)\)$/s;

/**
 * A type that is there already is used, since several tables share types and are made at once. An enum of other labels
 * is refused: it would refuse rows later.
 */
function createType(sql: string): string {
  const parts = enumParts.exec(sql);
  if (!parts) return tolerant(sql, 'NULL;');
  const [, name, labels] = parts;
  return tolerant(
    sql,
    `IF (SELECT array_agg(enumlabel::text ORDER BY enumsortorder) FROM pg_catalog.pg_enum WHERE enumtypid = ` +
      `${quoteText(name!)}::regtype) IS DISTINCT FROM ARRAY[${labels}]::text[] THEN ` +
      `RAISE duplicate_object USING MESSAGE = ${quoteText(`type ${name} exists with other labels`)}; END IF;`,
  );
}

/** CREATE SCHEMA IF NOT EXISTS asks for a privilege even where the schema exists. */
export function createSchema(schema: string): string {
  const present = `EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = ${quoteText(schema)})`;
  return tolerant(`IF NOT ${present} THEN CREATE SCHEMA ${quoteName(schema)}; END IF`, 'NULL;');
}

/** Two sessions that make the same thing at once: the later one gets a unique violation of the catalog. */
function tolerant(sql: string, otherwise: string): string {
  return doBlock(
    `BEGIN ${sql}; EXCEPTION WHEN duplicate_object OR duplicate_schema OR duplicate_function OR unique_violation THEN ${otherwise} END`,
  );
}

/** A block of PL/pgSQL as a statement, quoted so that no name in it ends it. */
export function doBlock(body: string): string {
  let tag = '$sluice$';
  while (body.includes(tag)) tag = `$s${tag.slice(1)}`;
  return `DO ${tag} ${body} ${tag}`;
}

/** The schema that the name of a type or collation carries where it is not on the search path. */
function schemaOfType(sql: string): string | null {
  const match = /^CREATE (?:TYPE|DOMAIN|COLLATION) (?:"((?:[^"]|"")+)"|([^\s".]+))\./.exec(sql);
  return match ? (match[1]?.replaceAll('""', '"') ?? match[2]!) : null;
}
