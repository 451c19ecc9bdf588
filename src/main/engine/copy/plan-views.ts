/** Which views come along, under which names and with which text. What does not is a finding with the view's own statement. */
import type { Finding } from '../../../shared/model/finding.ts';
import type { StreamOptions } from '../../../shared/model/stream-config.ts';
import type { Driver, Session } from '../driver/driver.ts';
import type { TableName } from '../model/table-schema.ts';
import type { ViewSchema } from '../model/view-schema.ts';
import { renameRelations, type RelationReference } from '../sql/relation-names.ts';
import { nameOf, tokenizeSql } from '../sql/sql-tokens.ts';
import { tableKey, type PlannedView } from './convert-plan.ts';
import type { TableDraft } from './plan-tables.ts';
import { excludes, selectsSchema, tableLabel } from './select-tables.ts';
import type { TargetNamer } from './target-names.ts';

export interface PlannedViews {
  /** Each after those that it reads. */
  readonly views: readonly PlannedView[];
  readonly findings: readonly Finding[];
}

interface Ends {
  readonly source: Session;
  readonly sourceDriver: Driver;
  readonly target: Session;
  readonly targetDriver: Driver;
}

/** What views may read: copied tables, and views before them. */
interface Relation {
  readonly target: TableName;
  /** Columns that are called otherwise on the target or are not there. */
  readonly changed: readonly string[];
}

/** `all`: every view of the source. Names are claimed after those of the tables. */
export async function planViews(
  ends: Ends,
  all: readonly ViewSchema[],
  drafts: readonly TableDraft[],
  options: StreamOptions,
  namer: TargetNamer,
): Promise<PlannedViews> {
  const { defaultSchema } = ends.source.catalog;
  const wanted = all.filter(
    ({ name }) => selectsSchema(options.tables, name.schema) && !excludes(options.exclude, name, defaultSchema),
  );
  const known = new Map(drafts.map((draft) => [tableKey(draft.plan.source.table), relationOf(draft)]));
  const present = wanted.length > 0 ? await presentRelations(ends.target) : new Map<string, null>();
  const findings: Finding[] = [];
  const views: PlannedView[] = [];
  for (const source of readersLast(wanted, defaultSchema)) {
    const label = tableLabel(source.name, defaultSchema);
    const obstacle = obstacleTo(source, known, ends);
    if (obstacle !== null) {
      findings.push(viewFinding('warning', 'view_not_copied', label, `is not carried over: ${obstacle}`, source));
      continue;
    }
    const { name, findings: nameFindings } = namer(source.name, label, 'View', {});
    findings.push(...nameFindings);
    known.set(tableKey(source.name), { target: name, changed: [] });
    const view = { ...source, name, query: renamedQuery(source, known, ends) };
    const there = present.get(tableKey(name));
    if (there === undefined) views.push({ label, source, view, replaces: null });
    else if (there !== null && options.onExisting === 'drop') {
      views.push({ label, source, view, replaces: there });
      findings.push(viewFinding('warning', 'target_dropped', label, 'of the target is dropped and made anew'));
    } else {
      const what =
        there === null ? 'is not made: the target has a table of this name' : 'is there already and stays as it is';
      findings.push(viewFinding(there === null ? 'warning' : 'info', 'view_exists', label, what, source));
    }
  }
  return { views, findings };
}

function relationOf({ plan, columnNames }: TableDraft): Relation {
  const columns = plan.source.schema.columns.map(({ name }) => name);
  return { target: plan.target, changed: columns.filter((name) => columnNames.get(name) !== name) };
}

/** By tableKey: the target's views, and null for its tables. */
async function presentRelations({ catalog }: Session): Promise<Map<string, ViewSchema | null>> {
  const [views, tables] = await Promise.all([catalog.views(), catalog.tables()]);
  const present = new Map<string, ViewSchema | null>(tables.map(({ name }) => [tableKey(name), null]));
  for (const view of views) present.set(tableKey(view.name), view);
  return present;
}

/** Why the view cannot be had, as the end of a sentence; null: it can. */
function obstacleTo(view: ViewSchema, known: ReadonlyMap<string, Relation>, ends: Ends): string | null {
  const { defaultSchema } = ends.source.catalog;
  if (view.query === '') return 'this user may not read its text';
  if (ends.sourceDriver.family !== ends.targetDriver.family) return 'its SQL is not translated';
  if (view.calls.length > 0) return `it calls ${view.calls.join(', ')}, which is not carried over`;
  for (const name of view.reads) {
    const label = tableLabel(name, defaultSchema);
    const relation = known.get(tableKey(inSchema(name, defaultSchema)));
    if (!relation) return `"${label}", which it reads, is not copied`;
    if (relation.changed.length === 0) continue;
    const words = namesIn(view.query, ends.sourceDriver);
    const changed = relation.changed.find((column) => words.has(column.toLowerCase()));
    if (changed) return `column "${changed}" of "${label}" is left out or has another name`;
  }
  return null;
}

const inSchema = (name: TableName, schema: string | null): TableName => ({ ...name, schema: name.schema ?? schema });

function namesIn(query: string, { dialect }: Driver): Set<string> {
  const names = tokenizeSql(query, dialect.idiom.lexis).filter(({ kind }) => kind === 'name' || kind === 'word');
  return new Set(names.map((token) => nameOf(token).toLowerCase()));
}

/** The same family: the view's own text, in which only names of tables and views may change. */
function renamedQuery({ query }: ViewSchema, known: ReadonlyMap<string, Relation>, ends: Ends): string {
  const { dialect } = ends.targetDriver;
  const { defaultSchema } = ends.source.catalog;
  const rename = ({ schema, name }: RelationReference): string | null => {
    const from = inSchema({ schema, name }, defaultSchema);
    const to = known.get(tableKey(from))?.target;
    if (!to) return null;
    // Default schemas correspond to each other: names without one mean the same at both ends.
    const isSame = schema === null ? to.schema === ends.target.catalog.defaultSchema : to.schema === schema;
    return isSame && to.name === name ? null : dialect.quoteTable(to);
  };
  return renameRelations(query, ends.sourceDriver.dialect.idiom.lexis, rename, dialect.quoteName);
}

/** Each view after the views that it reads. */
function readersLast(views: readonly ViewSchema[], defaultSchema: string | null): ViewSchema[] {
  const byKey = new Map(views.map((view) => [tableKey(view.name), view]));
  const ordered = new Set<ViewSchema>();
  const visiting = new Set<ViewSchema>();
  const visit = (view: ViewSchema) => {
    if (ordered.has(view) || visiting.has(view)) return;
    visiting.add(view);
    for (const name of view.reads) {
      const read = byKey.get(tableKey(inSchema(name, defaultSchema)));
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
