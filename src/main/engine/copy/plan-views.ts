/** Which views come along, under which names and with which text. What does not is a finding with the view's own statement. */
import type { Finding } from '../../../shared/model/finding.ts';
import type { StreamOptions } from '../../../shared/model/stream-config.ts';
import type { Driver, Session } from '../driver/driver.ts';
import { nameKey } from '../driver/names.ts';
import type { ColumnSchema, TableName } from '../model/table-schema.ts';
import type { ViewSchema } from '../model/view-schema.ts';
import { calledFunction } from '../sql/called-functions.ts';
import { Untranslatable } from '../sql/expression.ts';
import { renameRelations, type RelationReference } from '../sql/relation-names.ts';
import type { QueriedRelation } from '../sql/select.ts';
import { nameOf, tokenizeSql } from '../sql/sql-tokens.ts';
import { translateSelect } from '../sql/translate-select.ts';
import { tableKey, type PlannedView } from './convert-plan.ts';
import type { Ends } from './open-ends.ts';
import type { TableDraft } from './plan-tables.ts';
import { excludes, selectsSchema, tableLabel } from './select-tables.ts';
import type { TargetNamer } from './target-names.ts';

export interface PlannedViews {
  /** Each after those that it reads. */
  readonly views: readonly PlannedView[];
  readonly findings: readonly Finding[];
}

/** Tables that are copied, and views before the one at hand, by tableKey of the source. */
type Known = Map<string, QueriedRelation>;

/** `all`: every view of the source. Names are claimed after those of the tables. `lacking`: functions that the target does not have. */
export async function planViews(
  ends: Ends,
  all: readonly ViewSchema[],
  drafts: readonly TableDraft[],
  options: StreamOptions,
  namer: TargetNamer,
  lacking: ReadonlySet<string>,
): Promise<PlannedViews> {
  const { defaultSchema } = ends.source.catalog;
  const wanted = all.filter(
    ({ name }) => selectsSchema(options.tables, name.schema) && !excludes(options.exclude, name, defaultSchema),
  );
  const findings: Finding[] = [];
  const views: PlannedView[] = [];
  if (wanted.length === 0) return { views, findings };
  const known: Known = new Map(drafts.map((draft) => [keyOf(draft.plan.source.table, ends), relationOf(draft)]));
  const present = await presentRelations(ends.target);
  const described = new Map(
    (await ends.source.catalog.describe(wanted.map(({ name }) => name))).map((each) => [
      tableKey(each.name),
      each.columns,
    ]),
  );
  for (const source of readersLast(wanted, ends)) {
    const label = tableLabel(source.name, defaultSchema);
    const own = described.get(tableKey(source.name)) ?? [];
    const unknown = calledFunction(source.query, ends.sourceDriver.dialect.idiom.lexis, lacking);
    const adapted =
      unknown === null ? adaptView(source, own, known, ends) : `it calls ${unknown}, which the target does not have`;
    if (typeof adapted === 'string') {
      findings.push(viewFinding('warning', 'view_not_copied', label, `is not carried over: ${adapted}`, source));
      continue;
    }
    const { name, findings: nameFindings } = namer(source.name, label, 'View', {});
    findings.push(...nameFindings);
    known.set(keyOf(source.name, ends), {
      target: name,
      columns: adapted.columns,
      names: new Map(source.columns.map((column) => [column, column])),
    });
    const there = present.get(tableKey(name));
    if (there === undefined || (there !== null && options.onExisting === 'drop')) {
      views.push({ label, source, view: { ...adapted.view, name }, replaces: there ?? null });
      if (there)
        findings.push(viewFinding('warning', 'target_dropped', label, 'of the target is dropped and made anew'));
      if (adapted.note !== null) findings.push(viewFinding('info', 'view_translated', label, adapted.note, source));
    } else {
      const what =
        there === null ? 'is not made: the target has a table of this name' : 'is there already and stays as it is';
      findings.push(viewFinding(there === null ? 'warning' : 'info', 'view_exists', label, what, source));
    }
  }
  return { views, findings };
}

const relationOf = ({ plan, columns, columnNames }: TableDraft): QueriedRelation => ({
  target: plan.target,
  columns,
  names: columnNames,
});

/** By tableKey: the target's views, and null for its tables. */
async function presentRelations({ catalog }: Session): Promise<Map<string, ViewSchema | null>> {
  const [views, tables] = await Promise.all([catalog.views(), catalog.tables()]);
  const present = new Map<string, ViewSchema | null>(tables.map(({ name }) => [tableKey(name), null]));
  for (const view of views) present.set(tableKey(view.name), view);
  return present;
}

interface AdaptedView {
  /** Under the source's name still. */
  readonly view: ViewSchema;
  readonly columns: readonly ColumnSchema[];
  /** What a person should know, as the end of a sentence. */
  readonly note: string | null;
}

/** `own`: the view's columns as the source describes them. A string says why the view cannot be had, as the end of a sentence. */
function adaptView(view: ViewSchema, own: readonly ColumnSchema[], known: Known, ends: Ends): AdaptedView | string {
  const { defaultSchema } = ends.source.catalog;
  if (view.query === '') return 'this user may not read its text';
  if (view.calls.length > 0) return `it calls ${view.calls.join(', ')}, which is not carried over`;
  let isRenamed = false;
  for (const name of view.reads) {
    const relation = known.get(keyOf(name, ends));
    if (!relation) return `"${tableLabel(name, defaultSchema)}", which it reads, is not copied`;
    isRenamed ||= namesChangedColumn(view.query, relation, ends.sourceDriver);
  }
  const isFamily = ends.sourceDriver.family === ends.targetDriver.family;
  if (isFamily && !isRenamed) {
    return { view: { ...view, query: renamedQuery(view, known, ends) }, columns: own, note: null };
  }
  return translatedView(view, own, known, ends);
}

/** Of a name as a query of the source writes it. */
const keyOf = ({ schema, name }: TableName, { source, sourceDriver }: Ends): string =>
  tableKey({ schema: schema ?? source.catalog.defaultSchema, name: nameKey(name, sourceDriver.dialect.names.table) });

/** True where a column that is called otherwise on the target, or is not there, may be meant. */
function namesChangedColumn(query: string, { columns, names }: QueriedRelation, { dialect }: Driver): boolean {
  const changed = columns.filter(({ name }) => names.get(name) !== name);
  if (changed.length === 0) return false;
  const tokens = tokenizeSql(query, dialect.idiom.lexis).filter(({ kind }) => kind === 'name' || kind === 'word');
  const words = new Set(tokens.map((token) => nameOf(token).toLowerCase()));
  return changed.some(({ name }) => words.has(name.toLowerCase()));
}

/** The same family: the view's own text, in which only names of tables and views may change. */
function renamedQuery({ query }: ViewSchema, known: Known, ends: Ends): string {
  const { dialect } = ends.targetDriver;
  const rename = ({ schema, name }: RelationReference): string | null => {
    const to = known.get(keyOf({ schema, name }, ends))?.target;
    if (!to) return null;
    // Default schemas correspond to each other: names without one mean the same at both ends.
    const isSame = schema === null ? to.schema === ends.target.catalog.defaultSchema : to.schema === schema;
    return isSame && to.name === name ? null : dialect.quoteTable(to);
  };
  return renameRelations(query, ends.sourceDriver.dialect.idiom.lexis, rename, dialect.quoteName);
}

function translatedView(
  view: ViewSchema,
  own: readonly ColumnSchema[],
  known: Known,
  ends: Ends,
): AdaptedView | string {
  const { dialect } = ends.targetDriver;
  const find = (schema: string | null, name: string) => known.get(keyOf({ schema, name }, ends)) ?? null;
  try {
    const selectEnds = { from: ends.sourceDriver.dialect.idiom, to: dialect.idiom, quoteTable: dialect.quoteTable };
    const { sql, types } = translateSelect(view.query, view.columns, selectEnds, find);
    const lost = view.isMaterialized ? ' It is an ordinary view there, which holds no rows of its own' : '';
    return {
      view: { ...view, isMaterialized: false, isFilled: true, indexes: [], options: [], query: sql },
      columns: own.map((column, at) => ({ ...column, type: types[at] ?? column.type })),
      note: `is translated: compare what it shows.${lost}`.replace(/\.$/, ''),
    };
  } catch (error) {
    if (error instanceof Untranslatable) return `there is no certain equal for ${error.message}`;
    throw error;
  }
}

/** Each view after the views that it reads. */
function readersLast(views: readonly ViewSchema[], ends: Ends): ViewSchema[] {
  const byKey = new Map(views.map((view) => [keyOf(view.name, ends), view]));
  const ordered = new Set<ViewSchema>();
  const visiting = new Set<ViewSchema>();
  const visit = (view: ViewSchema) => {
    if (ordered.has(view) || visiting.has(view)) return;
    visiting.add(view);
    for (const name of view.reads) {
      const read = byKey.get(keyOf(name, ends));
      if (read) visit(read);
    }
    ordered.add(view);
  };
  for (const view of views) visit(view);
  return [...ordered];
}

export function viewFinding(
  severity: Finding['severity'],
  code: string,
  label: string,
  what: string,
  source?: ViewSchema,
): Finding {
  return {
    severity,
    code,
    message: `View "${label}" ${what}.`,
    ...(source && source.definition !== '' ? { statement: source.definition } : {}),
  };
}
