/** A table of any database as SQLite would have it. */
import type { Finding } from '../../../../shared/model/finding.ts';
import type { AdaptContext, AdaptedTable } from '../../driver/dialect.ts';
import type { NeutralType } from '../../model/neutral-type.ts';
import type { CheckSchema, ColumnSchema, IndexPart, IndexSchema, TableSchema } from '../../model/table-schema.ts';
import { lostDetails, plainForeignKey } from './sqlite-lost-details.ts';
import { declareType } from './sqlite-types.ts';

/** `table`: target names and source types. */
export function adaptTable(table: TableSchema, context: AdaptContext): AdaptedTable {
  return context.sourceFamily === 'sqlite' ? keepTable(table, context) : new TableAdapter(table, context).adapt();
}

/**
 * SQLite to SQLite: everything as it is declared. Values travel as literals that carry their storage class, but for
 * columns that hold one class only.
 */
function keepTable(table: TableSchema, context: AdaptContext): AdaptedTable {
  const findings: Finding[] = [];
  /** The text over the target's names; where a column of it is not copied, `thing` is left out. */
  const renamed = (sql: string, use: 'condition' | 'value', code: string, thing: string): string | null => {
    const text = context.translate(sql, use);
    if (text !== null) return text;
    const message = `${thing} of "${context.label}" is left out, since a column of it is not copied.`;
    findings.push({ severity: 'warning', code, table: context.label, message, statement: sql });
    return null;
  };
  const isStrict = table.traits.includes('strict');
  const nullableKey = table.traits.includes('nullable-key');
  const key = new Set(table.primaryKey?.parts.map((part) => part.column));
  const columns = table.columns.map((column): ColumnSchema => {
    const { generated, name } = column;
    const sql = generated && renamed(generated.sql, 'value', 'generated_dropped', `The expression of column "${name}"`);
    return {
      ...column,
      nullable: column.nullable || (nullableKey && key.has(name)),
      generated: generated && sql !== null ? { ...generated, sql } : null,
    };
  });
  const wires = columns.map((column): NeutralType => {
    const isSingle = column.identity !== null || (isStrict && /^(INT|INTEGER|BLOB)$/i.test(column.nativeType));
    return isSingle ? column.type : { kind: 'any' };
  });
  const indexes = table.indexes.flatMap((index): IndexSchema[] => {
    const dropped = (sql: string, use: 'condition' | 'value') =>
      renamed(sql, use, 'index_dropped', `Index "${index.name}"`);
    const where = index.where === null ? null : dropped(index.where, 'condition');
    const parts = index.parts.map((part) =>
      part.expression === null ? part : { ...part, expression: dropped(part.expression, 'value') },
    );
    const isWhole = parts.every(({ column, expression }) => column !== null || expression !== null);
    return isWhole && (where !== null || index.where === null) ? [{ ...index, where, parts }] : [];
  });
  const checks = table.checks.flatMap((check) => {
    const sql = renamed(
      check.sql,
      'condition',
      'check_dropped',
      check.name === null ? 'A check' : `Check "${check.name}"`,
    );
    return sql === null ? [] : [{ ...check, sql }];
  });
  return { schema: { ...table, columns, indexes, checks }, wires, findings };
}

class TableAdapter {
  readonly #table: TableSchema;
  readonly #context: AdaptContext;
  readonly #findings: Finding[] = [];

  constructor(table: TableSchema, context: AdaptContext) {
    this.#table = table;
    this.#context = context;
  }

  adapt(): AdaptedTable {
    const table = this.#table;
    const columns = table.columns.map((column) => this.#column(column));
    const schema: TableSchema = {
      ...table,
      kind: 'table',
      columns,
      primaryKey: table.primaryKey && { ...table.primaryKey, deferrable: 'no' },
      indexes: table.indexes.flatMap((index) => this.#index(index)),
      foreignKeys: table.foreignKeys.map(plainForeignKey),
      checks: table.checks.flatMap((check) => this.#check(check)),
      comment: null,
      partitioning: null,
      traits: [],
    };
    return {
      schema,
      wires: table.columns.map((column) => column.type),
      findings: [...this.#findings, ...lostDetails(table, this.#context.label)],
    };
  }

  #check(check: CheckSchema): CheckSchema[] {
    const sql = this.#context.translate(check.sql, 'condition');
    if (sql !== null) return [{ ...check, sql }];
    const name = check.name === null ? 'A check' : `Check "${check.name}"`;
    const message = `${name} of "${this.#context.label}" is not carried over: its condition has no certain equal here.`;
    this.#add('warning', 'check_dropped', message, `CHECK (${check.sql})`);
    return [];
  }

  #column(column: ColumnSchema): ColumnSchema {
    const isAlias = this.#isRowidAlias(column);
    const nativeType = isAlias ? 'INTEGER' : declareType(column.type);
    this.#reportType(column);
    if (column.identity && !isAlias) {
      this.#add(
        'warning',
        'identity_dropped',
        `Column "${column.name}" of "${this.#context.label}" no longer numbers itself: SQLite does that only for a primary key of one integer.`,
        undefined,
        column.name,
      );
    }
    return {
      ...column,
      nativeType,
      default: isAlias ? null : this.#default(column),
      identity: isAlias ? column.identity : null,
      generated: this.#generated(column),
      collation: this.#collation(column),
      comment: null,
      updatesToNow: this.#updatesToNow(column),
      invisible: false,
    };
  }

  #reportType({ name, nativeType, type }: ColumnSchema): void {
    const column = `Column "${name}" of "${this.#context.label}" has the type ${nativeType} and`;
    if (type.kind === 'native') this.#add('warning', 'type_as_text', `${column} becomes text.`, undefined, name);
    if (type.kind === 'array') this.#add('warning', 'type_as_json', `${column} becomes a JSON array.`, undefined, name);
  }

  /** SQLite numbers rows by themselves where the key is one INTEGER column. */
  #isRowidAlias(column: ColumnSchema): boolean {
    const parts = this.#table.primaryKey?.parts ?? [];
    const isSigned = column.type.kind === 'integer' && !(column.type.unsigned && column.type.bits === 64);
    return column.identity !== null && isSigned && parts.length === 1 && parts[0]!.column === column.name;
  }

  #default(column: ColumnSchema): ColumnSchema['default'] {
    if (column.default?.kind !== 'expression') return column.default;
    const sql = this.#context.translate(column.default.sql, 'value', () => true);
    if (sql !== null) return { kind: 'expression', sql, family: 'sqlite' };
    this.#add(
      'warning',
      'default_dropped',
      `The default of "${column.name}" in "${this.#context.label}" is not carried over: ${column.default.sql}`,
      column.default.sql,
      column.name,
    );
    return null;
  }

  #generated(column: ColumnSchema): ColumnSchema['generated'] {
    if (!column.generated) return null;
    const sql = this.#context.translate(column.generated.sql, 'value');
    if (sql !== null) return { ...column.generated, sql };
    this.#add(
      'warning',
      'generated_dropped',
      `Generated column "${column.name}" of "${this.#context.label}" becomes a plain column that holds its present values.`,
      column.generated.sql,
      column.name,
    );
    return null;
  }

  #collation(column: ColumnSchema): string | null {
    if (column.type.kind !== 'text' || !column.type.ignoresCase) return null;
    this.#add(
      'info',
      'collation_changed',
      `Column "${column.name}" of "${this.#context.label}" ignores case by NOCASE, which knows the letters A to Z only.`,
      undefined,
      column.name,
    );
    return 'NOCASE';
  }

  #updatesToNow(column: ColumnSchema): boolean {
    if (!column.updatesToNow) return false;
    this.#add(
      'warning',
      'on_update_dropped',
      `Column "${column.name}" of "${this.#context.label}" is no longer set to the present time by updates.`,
      undefined,
      column.name,
    );
    return false;
  }

  #index(index: IndexSchema): IndexSchema[] {
    const { translate } = this.#context;
    const where = index.where === null ? null : translate(index.where, 'condition');
    const parts = index.parts.map((part) =>
      plainPart(part.expression === null ? part : { ...part, expression: translate(part.expression, 'value') }),
    );
    const isWhole = parts.every(({ column, expression }) => column !== null || expression !== null);
    const why = !isWhole
      ? 'its expression has no certain equal here'
      : where === null && index.where !== null
        ? 'its condition has no certain equal here'
        : this.#indexObstacle(index);
    if (why !== null) {
      this.#add(
        'warning',
        'index_dropped',
        `Index "${index.name}" of "${this.#context.label}" is not carried over: ${why}.`,
        index.definition ?? undefined,
      );
      return [];
    }
    if (index.include.length > 0) {
      this.#add(
        'info',
        'index_changed',
        `Index "${index.name}" of "${this.#context.label}" loses its included columns ${index.include.join(', ')}.`,
      );
    }
    const isPlain = where === null && parts.every(({ column }) => column !== null);
    const isConstraint = (index.constraint && where === null) || (index.unique && isPlain && isUnnamed(index.name));
    return [
      {
        ...index,
        name: isConstraint ? index.name : index.name.replace(/^sqlite_autoindex_/, '_$&'),
        constraint: isConstraint,
        parts,
        where,
        include: [],
        method: 'btree',
        deferrable: 'no',
        visible: true,
        comment: null,
        definition: null,
        settings: [],
      },
    ];
  }

  #indexObstacle(index: IndexSchema): string | null {
    if (index.nullsNotDistinct) return 'NULLs are always distinct in SQLite';
    if (index.unique && index.parts.some((part) => part.prefix !== null))
      return 'it is unique over the beginning of a text';
    switch (index.method) {
      case 'btree':
      case 'hash':
        return null;
      default:
        return `SQLite has no ${index.method} indexes`;
    }
  }

  #add(severity: Finding['severity'], code: string, message: string, statement?: string, column?: string): void {
    this.#findings.push({
      severity,
      code,
      message,
      table: this.#context.label,
      ...(column === undefined ? {} : { column }),
      ...(statement === undefined ? {} : { statement }),
    });
  }
}

/** A constraint of SQLite that had no name is an index of this name where it has been since. */
const isUnnamed = (name: string): boolean => name.startsWith('sqlite_autoindex_');

const plainPart = (part: IndexPart): IndexPart => ({
  ...part,
  prefix: null,
  nulls: null,
  operatorClass: null,
  collation: null,
});
