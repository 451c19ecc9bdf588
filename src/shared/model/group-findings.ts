/** Findings that say the same of many things as one: a person reads a sentence once, and then where it holds. Pure. */
import type { Finding } from './finding.ts';

export interface FindingGroup {
  /** The finding's own message, or one sentence about all of them: `Each of 3 columns ignores case.` */
  readonly message: string;
  /** What they are about, e.g. `orders (name, city), items (name)`; null where there is one, whose message says it. */
  readonly places: string | null;
  /** In their order; at least one. */
  readonly findings: readonly [Finding, ...Finding[]];
}

/** How messages begin: what it is, its name, of which table. */
const beginning = /^([A-Z][a-z]+(?: [a-z]+)*) "([^"]+)"(?: of (?:table )?"([^"]+)")? /;

const plurals: Readonly<Record<string, string>> = { Index: 'indexes', Policy: 'policies' };
const pluralOf = (what: string) => plurals[what] ?? `${what.toLowerCase()}s`;

interface Subject {
  readonly what: string;
  readonly name: string;
  readonly table: string | null;
}

interface Draft {
  readonly rest: string;
  readonly subjects: Subject[];
  readonly findings: [Finding, ...Finding[]];
}

/** Those whose severity, code and sentence are alike but for what it is about; in the order of the first of each. */
export function groupFindings(findings: readonly Finding[]): FindingGroup[] {
  const drafts = new Map<string, Draft>();
  for (const finding of findings) {
    const [start, what, name, table] = beginning.exec(finding.message) ?? [];
    const rest = finding.message.slice(start?.length ?? 0);
    const subject = start === undefined ? null : { what: what!, name: name!, table: table ?? null };
    const hasTable = subject !== null && subject.table !== null;
    const key = JSON.stringify([finding.severity, finding.code, subject?.what ?? null, hasTable, rest]);
    const draft = drafts.get(key);
    if (draft) draft.findings.push(finding);
    else drafts.set(key, { rest, subjects: [], findings: [finding] });
    if (subject) drafts.get(key)!.subjects.push(subject);
  }
  return [...drafts.values()].map(groupOf);
}

function groupOf({ rest, subjects, findings }: Draft): FindingGroup {
  const [first] = subjects;
  if (findings.length === 1) return { message: findings[0].message, places: null, findings };
  if (!first) return { message: `${rest} (${findings.length} times)`, places: null, findings };
  return {
    message: `Each of ${findings.length.toLocaleString('en-US')} ${pluralOf(first.what)} ${rest}`,
    places: placesOf(subjects),
    findings,
  };
}

function placesOf(subjects: readonly Subject[]): string {
  const byTable = Map.groupBy(subjects, ({ table }) => table);
  return [...byTable]
    .map(([table, those]) => {
      const names = those.map(({ name }) => name).join(', ');
      return table === null ? names : `${table} (${names})`;
    })
    .join(', ');
}
