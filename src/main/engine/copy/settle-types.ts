/** Types that depend on what the rows hold: asks the source to look, once per table and at many small ones at once, and only where an answer matters. */
import type { RulesConfig } from '../../../shared/model/rules.ts';
import type { Driver, Session } from '../driver/driver.ts';
import type { Hazard, Profile, ProfileRequest } from '../driver/catalog.ts';
import { inParallel } from '../driver/in-parallel.ts';
import type { Finding } from '../../../shared/model/finding.ts';
import type { NeutralType } from '../model/neutral-type.ts';
import type { TableSchema } from '../model/table-schema.ts';
import { tableFinding } from './convert-plan.ts';

export interface SettledTypes {
  readonly types: ReadonlyMap<string, NeutralType>;
  readonly findings: readonly Finding[];
}

export interface TableToSettle {
  readonly label: string;
  readonly schema: TableSchema;
  /** See isSmallTable: looking at its rows takes less time than asking. */
  readonly isSmall: boolean;
}

export interface SettleRequest {
  readonly source: Session;
  readonly sourceDriver: Driver;
  readonly targetDriver: Driver;
  readonly rules: RulesConfig;
  /** Dry runs: also counts the values that rules will touch, which reads whole tables. */
  readonly countHazards: boolean;
}

/** What is asked of the source about one table. */
interface Question {
  readonly table: TableToSettle;
  /** Of columns that no row has to be read for. */
  readonly decided: ReadonlyMap<string, NeutralType>;
  readonly request: ProfileRequest;
}

/** Queries about tables that are asked side by side. */
const queriesAtOnce = 4;
/** Small tables in one query. */
const mostTogether = 100;

/** In the order of `tables`. Same family at both ends: nothing is asked, native types travel as they are. */
export async function settleTypes(
  tables: readonly TableToSettle[],
  settling: SettleRequest,
): Promise<ReadonlyMap<TableToSettle, SettledTypes>> {
  const { catalog } = settling.source;
  const questions = tables.map((table) => questionOf(table, settling));
  const answers = new Map<TableToSettle, SettledTypes>();
  const answer = ({ table, decided, request }: Question, profile: Profile) =>
    answers.set(table, {
      types: new Map([...decided, ...profile.types]),
      findings: hazardFindings(table.label, request, profile, settling.rules),
    });
  const open: Question[] = [];
  for (const question of questions) {
    const { settle, hazards } = question.request;
    if (settle.length > 0 || hazards.length > 0) open.push(question);
    else answer(question, { types: new Map(), hazardCounts: [] });
  }
  await inParallel(groupQuestions(open, catalog.profileTogether !== undefined), queriesAtOnce, async (group) => {
    const asked = group.map(({ table, request }) => ({ table: table.schema, request }));
    const [only, ...others] = asked;
    const profiles =
      only && others.length === 0
        ? [await catalog.profile(only.table, only.request)]
        : await catalog.profileTogether!(asked);
    group.forEach((question, place) => answer(question, profiles[place]!));
  });
  return answers;
}

function groupQuestions(questions: readonly Question[], mayJoin: boolean): Question[][] {
  const groups: Question[][] = [];
  /** The last one that takes more small tables. */
  let small: Question[] = [];
  for (const question of questions) {
    if (!mayJoin || !question.table.isSmall) groups.push([question]);
    else if (small.length > 0 && small.length < mostTogether) small.push(question);
    else groups.push((small = [question]));
  }
  return groups;
}

function questionOf(
  table: TableToSettle,
  { sourceDriver, targetDriver, rules, countHazards }: SettleRequest,
): Question {
  const decided = new Map<string, NeutralType>();
  const settle: string[] = [];
  if (sourceDriver.family === targetDriver.family) return { table, decided, request: { settle, hazards: [] } };
  const { columns } = table.schema;
  for (const column of columns) {
    const doubt = sourceDriver.dialect.doubt(column, rules);
    if (!doubt || (doubt.question === 'digits' && targetDriver.capabilities.unboundedDecimals)) continue;
    if (doubt.question === 'decided') decided.set(column.name, doubt.ifProven);
    else settle.push(column.name);
  }
  const hazards = countHazards
    ? columns.flatMap((column) =>
        hazardsOf(column.type, sourceDriver, targetDriver).map((hazard) => ({ column: column.name, hazard })),
      )
    : [];
  return { table, decided, request: { settle, hazards } };
}

function hazardFindings(
  label: string,
  { hazards }: ProfileRequest,
  { hazardCounts }: Profile,
  rules: RulesConfig,
): Finding[] {
  return hazards.flatMap(({ column, hazard }, index) => {
    const count = hazardCounts[index] ?? 0;
    return count > 0 ? [hazardFinding(label, column, hazard, count, rules)] : [];
  });
}

/** Values of this type that the source may hold and the target cannot. */
function hazardsOf(type: NeutralType, source: Driver, target: Driver): Hazard[] {
  const missing = (flag: 'zeroDates' | 'infiniteDates' | 'notANumber' | 'nulInText') =>
    source.capabilities[flag] && !target.capabilities[flag];
  switch (type.kind) {
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return [
        ...(missing('zeroDates') ? (['zero-date'] as const) : []),
        ...(missing('infiniteDates') ? (['infinite-date'] as const) : []),
        ...(target.capabilities.years && !source.capabilities.years ? (['date-range'] as const) : []),
      ];
    case 'float':
    case 'decimal':
      return missing('notANumber') ? ['not-a-number'] : [];
    case 'text':
      return missing('nulInText') ? ['nul-byte'] : [];
    default:
      return [];
  }
}

const hazardRules: Record<Hazard, { rule: keyof RulesConfig; what: string; code: string }> = {
  'zero-date': { rule: 'zeroDate', what: 'zero dates', code: 'zero_dates' },
  'infinite-date': { rule: 'infiniteDate', what: 'infinite dates', code: 'infinite_dates' },
  'not-a-number': { rule: 'notANumber', what: 'NaN or infinite numbers', code: 'not_a_number' },
  'nul-byte': { rule: 'nulByte', what: 'texts with a NUL byte', code: 'nul_bytes' },
  'date-range': { rule: 'dateRange', what: "dates outside the target's years", code: 'dates_out_of_range' },
};

function hazardFinding(label: string, column: string, hazard: Hazard, count: number, rules: RulesConfig): Finding {
  const { rule, what, code } = hazardRules[hazard];
  const setting = rules[rule];
  const consequence =
    setting === 'error'
      ? `the target refuses such rows; set rules.${rule} to change that`
      : `rules.${rule} is "${setting}"`;
  return tableFinding(
    'warning',
    code,
    label,
    `Column "${column}" of "${label}" holds ${count} ${what}: ${consequence}.`,
    { column },
  );
}
