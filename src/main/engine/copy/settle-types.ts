/** Types that depend on what the rows hold: asks the source to look, once per table, and only where an answer matters. */
import type { RulesConfig } from '../../../shared/model/rules.ts';
import type { Driver, Session } from '../driver/driver.ts';
import type { Hazard } from '../driver/catalog.ts';
import type { Finding } from '../../../shared/model/finding.ts';
import type { NeutralType } from '../model/neutral-type.ts';
import type { TableSchema } from '../model/table-schema.ts';
import { tableFinding } from './convert-plan.ts';

export interface SettledTypes {
  readonly types: ReadonlyMap<string, NeutralType>;
  readonly findings: readonly Finding[];
}

/**
 * `countHazards` (dry runs): also counts the values that rules will touch, which reads the whole table. Same family at
 * both ends: nothing is asked, native types travel as they are.
 */
export async function settleTypes(
  source: Session,
  sourceDriver: Driver,
  targetDriver: Driver,
  table: TableSchema,
  rules: RulesConfig,
  label: string,
  countHazards: boolean,
): Promise<SettledTypes> {
  if (sourceDriver.family === targetDriver.family) return { types: new Map(), findings: [] };
  const types = new Map<string, NeutralType>();
  const settle: string[] = [];
  for (const column of table.columns) {
    const doubt = sourceDriver.dialect.doubt(column, rules);
    if (!doubt || (doubt.question === 'digits' && targetDriver.capabilities.unboundedDecimals)) continue;
    if (doubt.question === 'decided') types.set(column.name, doubt.ifProven);
    else settle.push(column.name);
  }
  const hazards = countHazards
    ? table.columns.flatMap((column) =>
        hazardsOf(column.type, sourceDriver, targetDriver).map((hazard) => ({ column: column.name, hazard })),
      )
    : [];
  if (settle.length === 0 && hazards.length === 0) return { types, findings: [] };
  const profile = await source.catalog.profile(table, { settle, hazards });
  for (const [name, type] of profile.types) types.set(name, type);
  const findings = hazards.flatMap(({ column, hazard }, index) => {
    const count = profile.hazardCounts[index] ?? 0;
    return count > 0 ? [hazardFinding(label, column, hazard, count, rules)] : [];
  });
  return { types, findings };
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
