/** Keys, indexes, checks and foreign keys as MySQL or MariaDB would have them. Pure. */
import type { Finding } from '../../../../shared/model/finding.ts';
import type { AdaptContext } from '../../driver/dialect.ts';
import { claimName } from '../../driver/names.ts';
import type {
  CheckSchema,
  ColumnSchema,
  ForeignKeySchema,
  IndexPart,
  IndexSchema,
  TableSchema,
} from '../../model/table-schema.ts';
import { longestVarchar } from './adapt-types.ts';
import type { MysqlKind } from './mysql-flavour.ts';
import { nameLimits, quoteName, quoteTable } from './mysql-names.ts';

/** InnoDB's limit for the columns of an index, bytes, and what one character of utf8mb4 takes of it. */
const keyBytes = 3072;
const characterBytes = 4;
/** Characters of a text that an index for searching carries. */
const searchPrefix = 255;
/** The longest comment that an index may have, characters. */
const longestComment = 1024;
/** Bytes that every other column is taken to need in an index at most. */
const otherPartBytes = 40;

type Report = (severity: Finding['severity'], code: string, message: string, statement?: string) => void;

const isUnlimited = (nativeType: string): boolean => /^(tiny|medium|long)?(text|blob)$/i.test(nativeType);
const isUnindexable = (nativeType: string): boolean =>
  /^(json|geometry|point|linestring|polygon|multi|geometrycollection)/i.test(nativeType);

/** Length in characters (or bytes) of a VARCHAR, VARBINARY, CHAR or BINARY; null for other types. */
const lengthOf = (nativeType: string): number | null => {
  const [, length] = /^(?:var)?(?:char|binary)\((\d+)\)/i.exec(nativeType) ?? [];
  return length === undefined ? null : Number(length);
};

const bytesPer = (nativeType: string): number => (/binary|blob/i.test(nativeType) ? 1 : characterBytes);

/**
 * Columns with types that their keys can have: text without limit gets one in primary keys, unique keys and foreign keys,
 * where a prefix would change what is unique.
 */
export function fitKeyColumns(table: TableSchema, context: AdaptContext, report: Report): ColumnSchema[] {
  const exactKeys = [
    ...(table.primaryKey ? [table.primaryKey.parts.flatMap(({ column }) => column ?? [])] : []),
    ...table.indexes.filter(({ unique }) => unique).map(({ parts }) => parts.flatMap(({ column }) => column ?? [])),
    ...table.foreignKeys.map(({ columns }) => columns),
  ];
  const inPrimaryKey = new Set(table.primaryKey?.parts.map(({ column }) => column));
  return table.columns.map((column) => {
    const keys = exactKeys.filter((key) => key.includes(column.name));
    let fitted = column;
    if (keys.length > 0) {
      const room = Math.min(...keys.map((key) => roomFor(column, key, table)));
      const length = lengthOf(column.nativeType);
      if (isUnlimited(column.nativeType) || (length !== null && length > room)) {
        const name = bytesPer(column.nativeType) === 1 ? 'VARBINARY' : 'VARCHAR';
        fitted = { ...column, nativeType: `${name}(${room})` };
        report(
          'warning',
          'key_length_limited',
          `Column "${column.name}" of "${context.label}" becomes ${fitted.nativeType}, since it is part of a key: longer values are refused.`,
        );
      }
    }
    if (inPrimaryKey.has(column.name) && column.nullable) {
      fitted = { ...fitted, nullable: false };
      report(
        'info',
        'key_not_null',
        `Column "${column.name}" of "${context.label}" becomes NOT NULL, as part of the primary key.`,
      );
    }
    return fitted;
  });
}

/** Characters (or bytes) that the column may have in a key of these columns. */
function roomFor(column: ColumnSchema, key: readonly string[], table: TableSchema): number {
  let taken = 0;
  let sharing = 0;
  for (const name of key) {
    const { nativeType } = table.columns.find((other) => other.name === name)!;
    const length = lengthOf(nativeType);
    const bytes = length === null ? otherPartBytes : length * bytesPer(nativeType);
    if (isUnlimited(nativeType) || (length !== null && bytes > keyBytes / key.length)) sharing++;
    else taken += bytes;
  }
  return Math.max(1, Math.floor((keyBytes - taken) / Math.max(sharing, 1) / bytesPer(column.nativeType)));
}

/** `columns` have their final types. */
export function adaptIndexes(
  table: TableSchema,
  columns: readonly ColumnSchema[],
  kind: MysqlKind,
  context: AdaptContext,
  report: Report,
): IndexSchema[] {
  const taken = new Set<string>(['primary']);
  return table.indexes.flatMap((index) => {
    const translated = withExpressions(index, context);
    const reason = translated ? reasonToDrop(translated, columns, kind) : 'its expression has no certain equal here';
    const source =
      index.definition ?? `${index.name} (${index.parts.map((part) => part.column ?? part.expression).join(', ')})`;
    if (translated === null || reason !== null) {
      report(
        'warning',
        'index_dropped',
        `Index "${index.name}" of "${context.label}" is not created: ${reason}.`,
        source,
      );
      return [];
    }
    const changes = changesOf(index, context);
    if (index.comment !== null && index.comment.length > longestComment) changes.push('loses the end of its comment');
    if (changes.length > 0) {
      report(
        'warning',
        'index_changed',
        `Index "${index.name}" of "${context.label}" ${changes.join(' and ')}.`,
        source,
      );
    }
    const isSpatial = index.method === 'spatial' || index.method === 'gist';
    return [
      {
        ...index,
        name: claimName(index.name, nameLimits, taken),
        method: isSpatial ? 'spatial' : index.method === 'fulltext' ? 'fulltext' : 'btree',
        parts: translated.parts.map((part) =>
          isSpatial || index.method === 'fulltext' || isHashed(index, kind) ? part : withPrefix(part, index, columns),
        ),
        include: [],
        settings: context.sameKind ? index.settings : [],
        comment: index.comment?.slice(0, longestComment) ?? null,
        where: null,
        nullsNotDistinct: false,
        deferrable: 'no',
      },
    ];
  });
}

/** With expressions in this database's words; null where one has none. Texts without limit have no index over them. */
function withExpressions(index: IndexSchema, { translate, sourceFamily }: AdaptContext): IndexSchema | null {
  const isLong = ({ type }: ColumnSchema) =>
    sourceFamily !== 'mysql' && type.kind === 'text' && (type.length === null || type.length > longestVarchar);
  const parts = index.parts.map((part) =>
    part.expression === null ? part : { ...part, expression: translate(part.expression, 'value', isLong) },
  );
  return parts.every(({ column, expression }) => column !== null || expression !== null) ? { ...index, parts } : null;
}

function reasonToDrop(index: IndexSchema, columns: readonly ColumnSchema[], kind: MysqlKind): string | null {
  const typeOf = (part: IndexPart) => columns.find(({ name }) => name === part.column);
  const hasExpression = index.parts.some(({ expression }) => expression !== null);
  if (hasExpression && kind === 'mariadb') return 'MariaDB has no indexes over expressions';
  if (index.where !== null && index.unique) return 'an index over some rows only does not exist here';
  if (index.method === 'gist' || index.method === 'spatial') {
    const column = index.parts.length === 1 ? typeOf(index.parts[0]!) : undefined;
    return column?.type.kind === 'geometry' && !column.nullable
      ? null
      : 'a spatial index needs one NOT NULL geometry column';
  }
  if (!['btree', 'hash', 'fulltext'].includes(index.method)) return `its method ${index.method} does not exist here`;
  if (index.method === 'fulltext') return null;
  const isWholeText = index.parts.some((part) => part.prefix === null && isUnlimited(typeOf(part)?.nativeType ?? ''));
  if (index.unique && isWholeText && kind === 'mysql') return 'MySQL has no unique keys over texts without limit';
  const unindexable = index.parts.map(typeOf).find((column) => column && isUnindexable(column.nativeType));
  return unindexable ? `columns of type ${unindexable.nativeType} cannot be searched by one` : null;
}

function changesOf(index: IndexSchema, context: AdaptContext): string[] {
  if (context.sourceFamily === 'mysql') return [];
  return [
    ...(index.where === null ? [] : ['covers all rows, not only those of its condition']),
    ...(index.include.length === 0 ? [] : [`does not carry ${index.include.join(', ')}`]),
    ...(index.nullsNotDistinct ? ['takes several NULLs'] : []),
    ...(index.deferrable === 'no' ? [] : ['is checked at once, not at the end of the transaction']),
  ];
}

/** MariaDB has unique keys over texts without limit, by a hash of its own. */
const isHashed = ({ unique }: IndexSchema, kind: MysqlKind) => unique && kind === 'mariadb';

/** A search index over text that does not fit carries its beginning, which finds the same rows. */
function withPrefix(part: IndexPart, index: IndexSchema, columns: readonly ColumnSchema[]): IndexPart {
  const column = columns.find(({ name }) => name === part.column);
  if (!column || part.prefix !== null) return part;
  const length = lengthOf(column.nativeType);
  const fits = Math.floor(keyBytes / index.parts.length / bytesPer(column.nativeType));
  if (!isUnlimited(column.nativeType) && (length === null || index.unique || length <= fits)) return part;
  return { ...part, prefix: Math.min(searchPrefix, fits) };
}

/** Names of constraints are unique per database here, per table in most others: the table's name goes first. */
const constraintName = (table: TableSchema, name: string): string =>
  claimName(
    name.toLowerCase().startsWith(table.name.name.toLowerCase()) ? name : `${table.name.name}_${name}`,
    nameLimits,
    new Set(),
  );

export function adaptForeignKeys(table: TableSchema, context: AdaptContext, report: Report): ForeignKeySchema[] {
  return table.foreignKeys.map((key) => {
    const label = key.name ?? key.columns.join(', ');
    const nullable = key.columns.every((name) => table.columns.find((column) => column.name === name)?.nullable);
    const action = (wanted: ForeignKeySchema['onDelete'], event: string): ForeignKeySchema['onDelete'] => {
      const reason =
        event === 'on delete' && key.onDeleteColumns.length > 0
          ? `it would set all of its columns, not only ${key.onDeleteColumns.join(', ')}`
          : wanted === 'set default'
            ? 'InnoDB has no SET DEFAULT'
            : wanted === 'set null' && !nullable
              ? 'a column of it is NOT NULL'
              : null;
      if (reason === null) return wanted;
      report(
        'warning',
        'foreign_key_action',
        `Foreign key "${label}" of "${context.label}" does nothing ${event}: ${reason}.`,
      );
      return 'no action';
    };
    if (key.match === 'full' && key.columns.length > 1) {
      const message = `Foreign key "${label}" of "${context.label}" takes rows in which some of its columns are NULL and others are not.`;
      const [first, ...others] = key.columns.map((name) => `(${quoteName(name)} IS NULL)`);
      const sql = others.map((other) => `${first} = ${other}`).join(' AND ');
      report('warning', 'foreign_key_match', message, `ALTER TABLE ${quoteTable(table.name)} ADD CHECK (${sql})`);
    }
    if (key.deferrable !== 'no') {
      report(
        'info',
        'foreign_key_not_deferrable',
        `Foreign key "${label}" of "${context.label}" is checked at once, not at the end of the transaction.`,
      );
    }
    return {
      ...key,
      onDelete: action(key.onDelete, 'on delete'),
      onUpdate: action(key.onUpdate, 'on update'),
      onDeleteColumns: [],
      match: 'simple',
      deferrable: 'no',
    };
  });
}

export function adaptChecks(table: TableSchema, context: AdaptContext, report: Report): CheckSchema[] {
  const translated = table.checks.flatMap((check) => {
    // A check may not be over a column that numbers itself.
    const sql = context.translate(check.sql, 'condition', ({ identity }) => identity !== null);
    if (sql !== null) return [{ ...check, sql }];
    const name = check.name === null ? 'A check' : `Check "${check.name}"`;
    const message = `${name} of "${context.label}" is not created: its condition has no certain equal here.`;
    report('warning', 'check_dropped', message, `CHECK (${check.sql})`);
    return [];
  });
  return translated.map((check) => ({
    ...check,
    // MySQL's are unique per database, MariaDB's per table: there CONSTRAINT_1 occurs in every table.
    name: check.name === null || context.sameKind ? check.name : constraintName(table, check.name),
  }));
}

/** The widest row, bytes, that the server stores beside its long columns. */
const rowBytes = 65_535;

/** Long VARCHAR columns become TEXT until the row fits; keys keep theirs. */
export function fitRow(
  columns: readonly ColumnSchema[],
  table: TableSchema,
  context: AdaptContext,
  report: Report,
): ColumnSchema[] {
  const keyed = new Set([
    ...(table.primaryKey?.parts ?? []).map(({ column }) => column),
    ...table.indexes.flatMap(({ parts }) => parts.map(({ column }) => column)),
    ...table.foreignKeys.flatMap((key) => key.columns),
  ]);
  const bytesOf = ({ nativeType }: ColumnSchema) => {
    const length = lengthOf(nativeType);
    return length === null ? 16 : length * bytesPer(nativeType) + 2;
  };
  const fitted = [...columns];
  let total = columns.reduce((sum, column) => sum + bytesOf(column), 0);
  const byLength = columns
    .map((column, index) => ({ column, index }))
    .filter(({ column }) => /^var/i.test(column.nativeType) && !keyed.has(column.name))
    .sort((one, other) => bytesOf(other.column) - bytesOf(one.column));
  for (const { column, index } of byLength) {
    if (total <= rowBytes) break;
    total -= bytesOf(column) - 16;
    const isLong = lengthOf(column.nativeType)! > longestVarchar;
    const nativeType = bytesPer(column.nativeType) === 1 ? 'LONGBLOB' : isLong ? 'LONGTEXT' : 'TEXT';
    fitted[index] = { ...column, nativeType };
    report(
      'info',
      'row_too_wide',
      `Column "${column.name}" of "${context.label}" becomes ${nativeType}, since the row would be wider than ${rowBytes} bytes.`,
    );
  }
  return fitted;
}
