/** What structure may rely on at the target of one family: decided before anything is made. */
import type { Finding } from '../../../shared/model/finding.ts';
import type { Facilities } from '../driver/catalog.ts';
import type { SchemaObject } from '../model/table-schema.ts';
import { tableFinding, type PlannedTable } from './convert-plan.ts';
import type { Ends } from './open-ends.ts';

export interface ComparedFacilities {
  /** The target's; null: not asked, since the two are not of one family or their family has no such differences. */
  readonly there: Facilities | null;
  /** Functions of the source's version that the target has not; what users and extensions made comes along with what needs it. */
  readonly lacking: ReadonlySet<string>;
}

export async function compareFacilities(ends: Ends): Promise<ComparedFacilities> {
  const { source, sourceDriver, target, targetDriver } = ends;
  const isFamily = sourceDriver.family === targetDriver.family;
  if (!isFamily || !source.catalog.facilities || !target.catalog.facilities) return { there: null, lacking: new Set() };
  const [own, there] = await Promise.all([source.catalog.facilities(), target.catalog.facilities()]);
  return { there, lacking: new Set([...own.builtIn].filter((name) => !there.functions.has(name))) };
}

/** Of tables that are there already nothing is needed. */
export function needFindings(
  tables: readonly PlannedTable[],
  { targetDriver }: Ends,
  { there, lacking }: ComparedFacilities,
): Finding[] {
  if (there === null) return [];
  return tables
    .filter(({ prepare }) => prepare === 'create' || prepare === 'recreate')
    .flatMap(({ plan }) =>
      (targetDriver.dialect.needsOf?.(plan.targetSchema, there, lacking) ?? []).map((need) =>
        tableFinding(need.isMet ? 'info' : 'error', need.code, plan.label, `Table "${plan.label}" ${need.text}.`, {
          ...(need.statement === null ? {} : { statement: need.statement }),
        }),
      ),
    );
}

/** An extension that the target has, or that a table brings along. */
export function isThere(
  { kind, name }: SchemaObject,
  tables: readonly PlannedTable[],
  { there }: ComparedFacilities,
): boolean {
  if (kind !== 'extension' || there === null) return false;
  const isPresent = (there.extensions.get(name.name) ?? null) !== null;
  return isPresent || tables.some(({ plan }) => plan.targetSchema.extensions?.some((need) => need.name === name.name));
}
