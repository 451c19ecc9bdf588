/** The source's table as the config wants it: columns chosen, renamed and settled, before the target's dialect adapts it. */
import { SluiceError } from '../../../shared/errors/sluice-error.ts';
import type { Finding } from '../../../shared/model/finding.ts';
import type { StreamOptions, TableConfig } from '../../../shared/model/stream-config.ts';
import { claimName } from '../driver/names.ts';
import type { Dialect } from '../driver/dialect.ts';
import type { NeutralType } from '../model/neutral-type.ts';
import type { ColumnSchema, IndexPart, TableName, TableSchema } from '../model/table-schema.ts';
import { nearest } from './select-tables.ts';

export interface ChosenColumns {
  /** With target names and settled types; keys and indexes over left-out columns are gone. */
  readonly table: TableSchema;
  /** Source columns by position of `table.columns`. */
  readonly sources: readonly ColumnSchema[];
  /** Source column name -> target column name, for foreign keys that point here. */
  readonly names: ReadonlyMap<string, string>;
  readonly findings: readonly Finding[];
}

export function chooseColumns(
  source: TableSchema,
  target: TableName,
  config: TableConfig,
  options: StreamOptions,
  dialect: Dialect,
  settled: ReadonlyMap<string, NeutralType>,
  label: string,
): ChosenColumns {
  const findings: Finding[] = [];
  const known = source.columns.map((column) => column.name);
  for (const name of [...(config.columns ?? []), ...Object.keys(config.columnOptions ?? {})]) {
    if (!known.includes(name)) {
      const near = nearest(name, known);
      const hint = near ? ` Did you mean "${near}"?` : ` It has ${known.join(', ')}.`;
      throw new SluiceError('column_missing', `Table "${label}" has no column "${name}".${hint}`, { table: label });
    }
  }
  const chosen = source.columns.filter(
    (column) =>
      (config.columns === undefined || config.columns.includes(column.name)) &&
      config.columnOptions?.[column.name]?.drop !== true,
  );
  if (chosen.length === 0) throw new SluiceError('config_invalid', `Table "${label}" has no column left to copy.`);
  const taken = new Set<string>();
  const names = new Map<string, string>();
  for (const column of chosen) {
    const wanted = config.columnOptions?.[column.name]?.targetName ?? applyCase(column.name, options);
    const name = claimName(wanted, dialect.names.column, taken);
    if (name !== wanted) findings.push(renamed(label, 'Column', column.name, name, column.name));
    names.set(column.name, name);
  }
  const columns = chosen.map((column) => ({
    ...column,
    name: names.get(column.name)!,
    type: settled.get(column.name) ?? column.type,
    default: withDefault(column, config),
  }));
  const keep = <Part extends { readonly parts: readonly IndexPart[] }>(key: Part, what: string): Part | null => {
    const lost = key.parts.find((part) => part.column !== null && !names.has(part.column));
    if (lost) {
      findings.push({
        severity: 'warning',
        code: 'key_dropped',
        table: label,
        message: `${what} of "${label}" is left out, since its column "${lost.column}" is not copied.`,
      });
      return null;
    }
    return { ...key, parts: key.parts.map((part) => ({ ...part, column: part.column && names.get(part.column)! })) };
  };
  return {
    table: {
      ...source,
      name: target,
      columns,
      primaryKey: source.primaryKey && keep(source.primaryKey, 'The primary key'),
      indexes: source.indexes
        .map((index) => {
          const kept = keep(index, `Index "${index.name}"`);
          return (
            kept && { ...kept, include: kept.include.filter((name) => names.has(name)).map((name) => names.get(name)!) }
          );
        })
        .filter((index) => index !== null),
    },
    sources: chosen,
    names,
    findings,
  };
}

export function applyCase(name: string, options: StreamOptions): string {
  return options.identifierCase === 'lower' ? name.toLowerCase() : name;
}

export function renamed(label: string, what: string, from: string, to: string, column?: string): Finding {
  return {
    severity: 'warning',
    code: 'name_changed',
    table: label,
    ...(column === undefined ? {} : { column }),
    message: `${what} "${from}" of "${label}" is called "${to}" on the target, where its own name is too long, taken or not allowed.`,
  };
}

function withDefault(column: ColumnSchema, config: TableConfig): ColumnSchema['default'] {
  const wanted = config.columnOptions?.[column.name]?.default;
  if (wanted === undefined) return column.default;
  return wanted === null ? null : { kind: 'value', text: wanted };
}
