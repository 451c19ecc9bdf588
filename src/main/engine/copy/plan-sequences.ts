/** Which sequences come along, and under which names. What does not is a finding with the sequence's own statement. */
import type { Finding } from '../../../shared/model/finding.ts';
import type { StreamOptions } from '../../../shared/model/stream-config.ts';
import type { Dialect } from '../driver/dialect.ts';
import type { ColumnSchema, SequenceSchema, TableName } from '../model/table-schema.ts';
import { tableFinding, tableKey } from './convert-plan.ts';
import type { Ends } from './open-ends.ts';
import type { TableDraft } from './plan-tables.ts';
import { excludes, selectsSchema, tableLabel } from './select-tables.ts';
import type { TargetNamer } from './target-names.ts';

export interface PlannedSequences {
  /** In the target's names. */
  readonly sequences: readonly SequenceSchema[];
  /** Columns that draw from a sequence of its own do so by the target's name; from one that is not carried over: by their own. */
  readonly drafts: readonly TableDraft[];
  readonly findings: readonly Finding[];
}

/** `all`: every sequence of the source. Names are claimed after those of the tables. */
export async function planSequences(
  ends: Ends,
  all: readonly SequenceSchema[],
  drafts: readonly TableDraft[],
  options: StreamOptions,
  namer: TargetNamer,
): Promise<PlannedSequences> {
  const { defaultSchema } = ends.source.catalog;
  const users = new Map(all.map((sequence) => [sequence, usersOf(sequence, drafts)]));
  const wanted = all.filter(
    (sequence) =>
      !excludes(options.exclude, sequence.name, defaultSchema) &&
      (selectsSchema(options.tables, sequence.name.schema) || users.get(sequence)! > 0),
  );
  const mayDraw = drafts.some(({ plan }) =>
    plan.targetSchema.columns.some((column) => column.default?.kind === 'expression'),
  );
  if (wanted.length === 0 && (all.length === 0 || !mayDraw))
    return { sequences: [], drafts: withNames(drafts, new Map()), findings: [] };
  const present = new Set((await ends.target.catalog.sequences()).map(({ name }) => tableKey(name)));
  const isFamily = ends.sourceDriver.family === ends.targetDriver.family;
  const findings: Finding[] = [];
  const sequences: SequenceSchema[] = [];
  const names = new Map<string, SequenceSchema>();
  for (const sequence of wanted) {
    const label = tableLabel(sequence.name, defaultSchema);
    const hasSequences = ends.targetDriver.dialect.sequenceStatements(sequence) !== null;
    // A column that had the sequence alone numbers itself and needs it no longer.
    if (!hasSequences && columnsOf(sequence, drafts) === 1 && users.get(sequence) === 1) continue;
    if (!hasSequences) {
      const statement = statementOf(sequence, ends.sourceDriver.dialect);
      findings.push(sequenceFinding('warning', 'sequence_not_copied', label, 'is not carried over', statement));
      continue;
    }
    const { name, findings: nameFindings } = namer(sequence.name, label, 'Sequence', {});
    findings.push(...nameFindings);
    if (present.has(tableKey(name))) {
      const what = 'is there already: it goes on from the higher number of the two';
      findings.push(sequenceFinding('info', 'sequence_exists', label, what, null));
    }
    // What a session takes at once in one database is what the server sets aside in the other.
    const named = { ...sequence, name, cache: isFamily ? sequence.cache : '1' };
    sequences.push(named);
    names.set(tableKey(sequence.name), named);
  }
  const own = withNames(drafts, names);
  return { sequences, drafts: isFamily ? withDrawnNames(own, all, names, present, ends) : own, findings };
}

/** Longer defaults draw from sequences by name as well: by the target's then. One that is nowhere leaves the column without default. */
function withDrawnNames(
  drafts: readonly TableDraft[],
  all: readonly SequenceSchema[],
  names: ReadonlyMap<string, SequenceSchema>,
  present: ReadonlySet<string>,
  ends: Ends,
): TableDraft[] {
  const { renameSequences } = ends.targetDriver.dialect;
  if (!renameSequences) return [...drafts];
  const [from, to] = [ends.source.catalog.defaultSchema, ends.target.catalog.defaultSchema];
  const rename = (written: TableName): TableName | null => {
    const schemas = written.schema === null ? [from, 'public'] : [written.schema];
    const known = all.find(
      ({ name }) => name.name === written.name && (name.schema === null || schemas.includes(name.schema)),
    );
    // What is no sequence of its own belongs to a table.
    if (!known) return written;
    const name = names.get(tableKey(known.name))?.name;
    if (name === undefined) return present.has(tableKey(known.name)) ? written : null;
    // Default schemas correspond to each other: names without one mean the same at both ends.
    const isSame = name.name === written.name && name.schema === (written.schema ?? to);
    return isSame ? written : name;
  };
  return drafts.map((draft) => {
    const { plan } = draft;
    const dropped: Finding[] = [];
    const renamed = new Map<string, ColumnSchema>();
    for (const column of plan.targetSchema.columns) {
      if (column.default?.kind !== 'expression') continue;
      const sql = renameSequences(column.default.sql, rename);
      if (sql === column.default.sql) continue;
      renamed.set(column.name, { ...column, default: sql === null ? null : { ...column.default, sql } });
      if (sql !== null) continue;
      const source = plan.columns.find(({ target }) => target.name === column.name)?.source.name ?? column.name;
      const message = `Column "${source}" of "${plan.label}" loses its default, which draws from a sequence that is not copied.`;
      dropped.push(
        tableFinding('warning', 'default_dropped', plan.label, message, {
          column: source,
          statement: column.default.sql,
        }),
      );
    }
    return renamed.size === 0 ? draft : withColumns(draft, (column) => renamed.get(column.name) ?? column, dropped);
  });
}

function withColumns(
  draft: TableDraft,
  change: (column: ColumnSchema) => ColumnSchema,
  findings: readonly Finding[] = [],
): TableDraft {
  const { plan } = draft;
  return {
    ...draft,
    plan: {
      ...plan,
      columns: plan.columns.map((column) => ({ ...column, target: change(column.target) })),
      targetSchema: { ...plan.targetSchema, columns: plan.targetSchema.columns.map(change) },
      findings: [...plan.findings, ...findings],
    },
  };
}

const columnsOf = ({ name }: SequenceSchema, drafts: readonly TableDraft[]): number =>
  drafts.flatMap(({ columns }) => columns.filter(({ identity }) => drawsFrom(identity, name))).length;

const drawsFrom = (identity: ColumnSchema['identity'], name: SequenceSchema['name']): boolean =>
  identity?.drawsFromOther === true &&
  identity.sequence !== null &&
  tableKey(identity.sequence.name) === tableKey(name);

/** Columns that draw from the sequence, or whose default has its name in it. */
function usersOf({ name }: SequenceSchema, drafts: readonly TableDraft[]): number {
  const mentions = ({ default: value }: ColumnSchema) => value?.kind === 'expression' && value.sql.includes(name.name);
  return drafts.flatMap(({ columns }) =>
    columns.filter((column) => drawsFrom(column.identity, name) || mentions(column)),
  ).length;
}

function withNames(drafts: readonly TableDraft[], names: ReadonlyMap<string, SequenceSchema>): TableDraft[] {
  const renamed = (column: ColumnSchema): ColumnSchema => {
    const { identity } = column;
    if (!identity?.drawsFromOther || identity.sequence === null) return column;
    const sequence = names.get(tableKey(identity.sequence.name));
    return { ...column, identity: { ...identity, sequence: sequence ?? null, drawsFromOther: sequence !== undefined } };
  };
  return drafts.map((draft) =>
    draft.plan.targetSchema.columns.some(({ identity }) => identity?.drawsFromOther)
      ? withColumns(draft, renamed)
      : draft,
  );
}

function statementOf(sequence: SequenceSchema, dialect: Dialect): string {
  const { create = [], advance = [] } = dialect.sequenceStatements(sequence) ?? {};
  return [...create, ...advance].map((sql) => `${sql};`).join('\n');
}

function sequenceFinding(
  severity: Finding['severity'],
  code: string,
  label: string,
  what: string,
  statement: string | null,
): Finding {
  return { severity, code, message: `Sequence "${label}" ${what}.`, ...(statement === null ? {} : { statement }) };
}
