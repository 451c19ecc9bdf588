/** Decides what every table's copy will do. Reads both ends, writes nothing. */
import { SluiceError } from '../../../shared/errors/sluice-error.ts';
import type { Finding } from '../../../shared/model/finding.ts';
import type { StreamOptions } from '../../../shared/model/stream-config.ts';
import type { Driver, Session } from '../driver/driver.ts';
import { claimName } from '../driver/names.ts';
import { rowsSchema, type ColumnPlan, type TablePlan, type ValueRules } from '../model/table-plan.ts';
import type { ColumnSchema, TableSchema } from '../model/table-schema.ts';
import { expressionTranslator } from '../sql/translate-expression.ts';
import { checkConditions } from './check-conditions.ts';
import { tableFinding, tableKey } from './convert-plan.ts';
import { nameGivenSql } from './name-place.ts';
import { chooseColumns, renamed } from './plan-columns.ts';
import { possibleConstraints } from './possible-constraints.ts';
import { selectTables, type SelectedTable } from './select-tables.ts';
import { settleTypes, type SettledTypes, type TableToSettle } from './settle-types.ts';
import { isSmallSize } from './small-table.ts';
import { nameTargets, targetNamer, type TargetNamer } from './target-names.ts';

export interface Ends {
  readonly source: Session;
  readonly sourceDriver: Driver;
  readonly target: Session;
  readonly targetDriver: Driver;
}

/** A table's plan with what later steps of planning need: foreign keys still carry source names. */
export interface TableDraft {
  readonly plan: TablePlan;
  readonly selected: SelectedTable;
  /** The source's columns with settled types. */
  readonly columns: readonly ColumnSchema[];
  /** Source column name -> target column name. */
  readonly columnNames: ReadonlyMap<string, string>;
}

const nothingSettled: SettledTypes = { types: new Map(), findings: [] };

/** `forReport` (dry runs): also counts values that rules will touch. `lacking`: see AdaptContext; default: nothing is. */
export async function planTables(
  ends: Ends,
  options: StreamOptions,
  forReport: boolean,
  namer: TargetNamer = targetNamer(ends, options),
  lacking: ReadonlySet<string> = new Set(),
): Promise<TableDraft[]> {
  const { source, sourceDriver, targetDriver } = ends;
  const selected = await selectFrom(source, options);
  if (selected.length === 0) throw new SluiceError('table_missing', 'The source has no tables to copy.');
  await checkConditions(source, sourceDriver.dialect, selected);
  const schemas = await describeSelected(source, selected);
  const targets = nameTargets(namer, selected);
  const settling = { source, sourceDriver, targetDriver, rules: options.rules, countHazards: forReport };
  const toSettle = new Map(
    selected.flatMap((table): [SelectedTable, TableToSettle][] => {
      const { estimatedRows = null, estimatedBytes = null } = table.listing ?? {};
      const schema = schemas.get(tableKey(table.name))!;
      const isSmall = isSmallSize({ estimatedRows, estimatedBytes });
      return table.config.query ? [] : [[table, { label: table.label, schema, isSmall }]];
    }),
  );
  const settledTypes = await settleTypes([...toSettle.values()], settling);
  const rules = valueRules(options, targetDriver);
  const drafts: TableDraft[] = [];
  for (const table of selected) {
    const schema = schemas.get(tableKey(table.name))!;
    const { name: target, findings } = targets.get(tableKey(table.name))!;
    const asked = toSettle.get(table);
    const settled = asked ? settledTypes.get(asked)! : nothingSettled;
    // Columns that stay as they are stay the same objects, of which thousands of tables have many.
    const settledColumns = schema.columns.map((column) => {
      const type = settled.types.get(column.name);
      return type === undefined ? column : { ...column, type };
    });
    const chosen = chooseColumns(
      schema,
      target,
      table.config,
      options,
      targetDriver.dialect,
      settled.types,
      table.label,
    );
    const possible = possibleConstraints(chosen.table, { source: sourceDriver, target: targetDriver }, table.label);
    const adapted = targetDriver.dialect.adapt(possible.table, {
      sourceFamily: sourceDriver.family,
      sameKind: sourceDriver.kind === targetDriver.kind,
      rules: options.rules,
      label: table.label,
      defaultSchema: ends.target.catalog.defaultSchema,
      lacking,
      translate: expressionTranslator(
        {
          from: sourceDriver.dialect.idiom,
          to: targetDriver.dialect.idiom,
          isFamily: sourceDriver.family === targetDriver.family,
          lacking,
        },
        settledColumns,
        chosen.names,
      ),
    });
    const targetColumns = adapted.schema.columns.map((column, index) =>
      withTargetType(column, table.config.columnOptions?.[chosen.sources[index]!.name]?.targetType),
    );
    const columns: ColumnPlan[] = [];
    targetColumns.forEach((column, index) => {
      // A column that the target computes itself is not copied.
      if (column.generated) return;
      columns.push({ source: chosen.sources[index]!, target: column, wire: adapted.wires[index]!, rules });
    });
    drafts.push({
      selected: table,
      columns: settledColumns,
      columnNames: chosen.names,
      plan: {
        label: table.label,
        source: {
          table: table.name,
          schema: rowsSchema(schema),
          query: table.config.query ?? null,
          where: table.config.where ?? null,
        },
        target,
        columns,
        targetSchema: { ...adapted.schema, columns: targetColumns },
        estimatedRows: table.config.query || table.config.where ? null : (table.listing?.estimatedRows ?? null),
        estimatedBytes: table.listing?.estimatedBytes ?? null,
        filtered: isFiltered(table, options),
        findings: [
          ...findings,
          ...settled.findings,
          ...chosen.findings,
          ...possible.findings,
          ...adapted.findings,
          ...partitionFindings(table, schema, adapted.schema),
        ],
      },
    });
  }
  return distinctIndexNames(drafts, targetDriver);
}

/** The tables that the config means. Throws `table_missing`. */
export async function selectFrom({ catalog }: Session, options: StreamOptions): Promise<SelectedTable[]> {
  const views = options.exclude.length > 0 ? await catalog.views() : [];
  return selectTables(
    options.tables,
    options.exclude,
    await catalog.tables(),
    catalog.defaultSchema,
    views.map(({ name }) => name),
  );
}

async function describeSelected(
  source: Session,
  selected: readonly SelectedTable[],
): Promise<Map<string, TableSchema>> {
  const named = selected.filter((table) => table.listing !== null);
  const described = await source.catalog.describe(named.map((table) => table.name));
  const schemas = new Map(described.map((schema) => [tableKey(schema.name), schema]));
  for (const table of named) {
    if (schemas.has(tableKey(table.name))) continue;
    throw new SluiceError(
      'permission_denied',
      `The structure of table "${table.label}" cannot be read: grant SELECT on it.`,
    );
  }
  for (const table of selected) {
    if (table.config.query) {
      const base = schemas.get(tableKey(table.name)) ?? null;
      schemas.set(tableKey(table.name), await describeQueryTable(source, table, base));
    }
  }
  return schemas;
}

/**
 * A query's result as a table: the primary key survives if the named source table's key columns appear under their names;
 * no other key does.
 */
async function describeQueryTable(
  source: Session,
  table: SelectedTable,
  base: TableSchema | null,
): Promise<TableSchema> {
  const columns = await nameGivenSql(`Query of "${table.label}"`, source.catalog.describeQuery(table.config.query!));
  const names = new Set(columns.map((column) => column.name));
  const key = base?.primaryKey ?? null;
  const keepsKey = key?.parts.every((part) => part.column !== null && names.has(part.column)) ?? false;
  return {
    name: table.name,
    kind: 'view',
    columns,
    primaryKey: keepsKey ? key : null,
    indexes: [],
    foreignKeys: [],
    checks: [],
    comment: null,
    partitioning: null,
    traits: [],
  };
}

/** Index names that are unique per table in the source may collide where they are unique per schema. */
function distinctIndexNames(drafts: readonly TableDraft[], targetDriver: Driver): TableDraft[] {
  if (targetDriver.dialect.indexNamesPer === 'table') return [...drafts];
  const takenBySchema = new Map<string | null, Set<string>>();
  const takenIn = (schema: string | null) => {
    const taken = takenBySchema.get(schema) ?? new Set<string>();
    takenBySchema.set(schema, taken);
    return taken;
  };
  for (const { plan } of drafts)
    claimName(plan.target.name, targetDriver.dialect.names.table, takenIn(plan.target.schema));
  return drafts.map((draft) => {
    const { plan } = draft;
    const taken = takenIn(plan.target.schema);
    const findings: Finding[] = [];
    const indexes = plan.targetSchema.indexes.map((index) => {
      const name = claimName(index.name, targetDriver.dialect.names.index, taken, plan.target.name);
      if (name !== index.name) findings.push(renamedIndex(plan.label, index.name, name, plan.target.name));
      return name === index.name ? index : { ...index, name };
    });
    const targetSchema = { ...plan.targetSchema, indexes };
    return { ...draft, plan: { ...plan, targetSchema, findings: [...plan.findings, ...findings] } };
  });
}

function renamedIndex(label: string, from: string, to: string, owner: string): Finding {
  if (to !== `${owner}_${from}`) return renamed(label, 'Index', from, to);
  const message = `Index "${from}" of "${label}" has the name of its table in front, since its own is taken on the target.`;
  return tableFinding('info', 'name_changed', label, message);
}

function isFiltered(table: SelectedTable, options: StreamOptions): boolean {
  const { numberOfEvents = 0, elapsedTime = 0 } = options.limits;
  return Boolean(table.config.where ?? table.config.query) || numberOfEvents > 0 || elapsedTime > 0;
}

const withTargetType = (column: ColumnSchema, nativeType: string | undefined): ColumnSchema =>
  nativeType === undefined ? column : { ...column, nativeType };

function valueRules({ rules }: StreamOptions, target: Driver): ValueRules {
  const { capabilities } = target;
  return {
    // `error` leaves them as they are, which a target with zero dates takes.
    zeroDate: capabilities.zeroDates ? 'error' : rules.zeroDate,
    infiniteDate: capabilities.infiniteDates ? 'keep' : rules.infiniteDate,
    notANumber: capabilities.notANumber ? 'keep' : rules.notANumber,
    nulByte: capabilities.nulInText ? 'keep' : rules.nulByte,
    dateRange: capabilities.years === null ? 'keep' : rules.dateRange,
  };
}

function partitionFindings({ label }: SelectedTable, source: TableSchema, target: TableSchema): Finding[] {
  if (source.partitioning === null || target.partitioning !== null) return [];
  const { clause, partitions } = source.partitioning;
  const message = `Table "${label}" is partitioned by ${clause}, with ${partitions.length} partitions: it becomes one table.`;
  return [tableFinding('info', 'partitioned_table', label, message)];
}
