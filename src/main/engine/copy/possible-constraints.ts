/** Constraints of the source that the target can have with the force that they have there. Pure. */
import type { Finding } from '../../../shared/model/finding.ts';
import type { Driver } from '../driver/driver.ts';
import type { IndexSchema, TableSchema } from '../model/table-schema.ts';
import { tableFinding } from './convert-plan.ts';

/** `table` without what the target cannot have; each thing left out is a finding. */
export function possibleConstraints(
  table: TableSchema,
  { source, target }: { readonly source: Driver; readonly target: Driver },
  label: string,
): { table: TableSchema; findings: Finding[] } {
  const { unvalidatedConstraints, unenforcedChecks } = target.capabilities;
  const findings: Finding[] = [];
  const leaveOut = (code: string, message: string, statement: string | null) =>
    findings.push(
      tableFinding('info', code, label, `Table "${label}" has ${message}`, statement === null ? {} : { statement }),
    );
  // A check that is looked at where the source does not look would refuse rows that the source has.
  const checks = table.checks.filter(({ name, sql, enforced, validated }) => {
    const lacks =
      !enforced && !unenforcedChecks
        ? 'is not enforced on the source'
        : enforced && !validated && !unvalidatedConstraints
          ? 'was not validated on the source, where rows may break it'
          : null;
    if (lacks !== null) {
      const what = `a check${name === null ? '' : ` ${name}`} that ${lacks}: it is left out.`;
      leaveOut('check_dropped', what, `CHECK (${sql})`);
    }
    return lacks === null;
  });
  const indexes = table.indexes.flatMap((index): IndexSchema[] => {
    if (source.family === target.family) return [index];
    if (index.unique) reportCollations(index, label, findings);
    if (!isExclusion(index)) return [index];
    if (excludesEqualOnly(index)) return [{ ...index, unique: true, method: 'btree' }];
    const what = `an exclusion constraint ${index.name}, which only its own database has: it is left out.`;
    leaveOut('index_dropped', what, index.definition);
    return [];
  });
  return { table: { ...table, checks, indexes }, findings };
}

/** Which texts are equal is the collation's word: the target's key goes by its columns. */
function reportCollations({ name, parts, definition }: IndexSchema, label: string, findings: Finding[]): void {
  const collated = parts.filter(({ collation }) => collation !== null && !isExact(collation));
  if (collated.length === 0) return;
  const list = collated.map(({ column, collation }) => `${column ?? 'an expression'} by ${collation}`).join(', ');
  const message = `Unique key "${name}" of "${label}" compares ${list}, and on the target as the column does: see which texts are equal.`;
  findings.push(
    tableFinding('warning', 'index_changed', label, message, definition === null ? {} : { statement: definition }),
  );
}

/** Compare bytes. */
const isExact = (collation: string) => /^"?(binary|C|POSIX|C\.utf8|ucs_basic)"?$/i.test(collation);

const isExclusion = ({ constraint, unique }: IndexSchema) => constraint && !unique;

/** What excludes equal rows is a unique key. */
function excludesEqualOnly({ definition, parts }: IndexSchema): boolean {
  const operators = [...(definition ?? '').matchAll(/ WITH (?:OPERATOR\()?(\S+?)\)?(?=[,)]| WHERE|$)/g)].map(
    ([, name]) => name,
  );
  return operators.length === parts.length && operators.every((name) => name === '=' || name === 'pg_catalog.=');
}
