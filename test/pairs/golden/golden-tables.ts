/**
 * The source's tables of the golden table. Values that every target takes share one table per case; a value that some
 * target refuses has a table of its own, so that its refusal hides no other value.
 */
import { createHash } from 'node:crypto';
import { databaseKinds, type DatabaseKind } from '../../../src/shared/model/database-kind.ts';
import type { RulesConfig } from '../../../src/shared/model/rules.ts';
import { isRefused, type Expected, type GoldenCase, type GoldenValue } from './golden-case.ts';

export interface GoldenTable {
  readonly name: string;
  readonly golden: GoldenCase;
  /** Row id to value. */
  readonly rows: ReadonlyMap<number, GoldenValue>;
}

/** The prefix keeps cases that are named after a type from being reserved words. */
export const tableName = (golden: GoldenCase): string => `g_${golden.name}`;

export function tablesOf(cases: readonly GoldenCase[], source: DatabaseKind): GoldenTable[] {
  return cases
    .filter((golden) => golden.from[source] !== undefined)
    .flatMap((golden) => {
      const shared = new Map<number, GoldenValue>();
      const apart: GoldenTable[] = [];
      for (const [index, value] of golden.values.entries()) {
        const id = index + 1;
        if (databaseKinds.some((kind) => isRefused(value.expect[kind]))) {
          apart.push({ name: `${tableName(golden)}__${id}`, golden, rows: new Map([[id, value]]) });
        } else {
          shared.set(id, value);
        }
      }
      return [...(shared.size > 0 ? [{ name: tableName(golden), golden, rows: shared }] : []), ...apart];
    });
}

/** DDL and rows for the source's own client. */
export function sourceScript(tables: readonly GoldenTable[], source: DatabaseKind): string {
  const setups = new Set(tables.map(({ golden }) => golden.setup?.[source]).filter((sql) => sql !== undefined));
  const isMysql = source === 'mysql' || source === 'mariadb';
  const statements = [...(isMysql ? ['ALTER DATABASE CHARACTER SET utf8mb4'] : []), ...setups];
  for (const { name, golden, rows } of tables) {
    // A TIMESTAMP of MariaDB is NOT NULL unless it says otherwise.
    statements.push(
      `CREATE TABLE ${name} (id integer PRIMARY KEY, v ${golden.from[source]!}${isMysql ? ' NULL' : ''})`,
    );
    const values = [...rows].map(([id, value]) => `(${id}, ${value.insert(source)})`);
    // SQLite's VALUES gives all rows the affinity of the first: one statement a row keeps literals as they are.
    statements.push(...values.map((row) => `INSERT INTO ${name} (id, v) VALUES ${row}`));
  }
  return statements.map((statement) => `${statement};\n`).join('');
}

/** SELECTs for the target's own client: table, id, whether NULL, what the value shows. */
export function readStatements(tables: readonly GoldenTable[], target: DatabaseKind): string[] {
  return tables.map(({ name, golden }) => {
    const shown = golden.show?.[target] ?? defaultShow(golden, target);
    const isNull = target === 'postgresql' ? 'v IS NOT DISTINCT FROM NULL' : 'v IS NULL';
    return `SELECT '${name}', id, CASE WHEN ${isNull} THEN 1 ELSE 0 END, ${shown} FROM ${name} ORDER BY id`;
  });
}

function defaultShow(golden: GoldenCase, target: DatabaseKind): string {
  if (target !== 'sqlite') return 'v';
  // The client's own function for the eight bytes: its decimal digits are rounded at the ends of the range.
  return golden.compare === 'float'
    ? `CASE typeof(v) WHEN 'real' THEN 'bits ' || hex(ieee754_to_blob(v)) ELSE typeof(v) || ' ' || quote(v) END`
    : 'quote(v)';
}

/** What tests compare: expected and observed values in the same words. */
export function describeValue(shown: Expected, golden: GoldenCase): string {
  if (shown === null) return 'NULL';
  if (isRefused(shown)) return `refused: ${shown.refusedWith}`;
  return golden.compare === 'float' ? describeFloat(shown) : `value: ${shorten(shown)}`;
}

function describeFloat(shown: string): string {
  const bits = /^bits ([0-9A-F]{16})$/.exec(shown)?.[1];
  const number = bits === undefined ? Number(shown) : Buffer.from(bits, 'hex').readDoubleBE();
  if (shown === '' || (Number.isNaN(number) && shown !== 'NaN')) return `value: ${shown}`;
  return `float: ${Object.is(number, -0) ? '-0' : String(number)}`;
}

/** Long values keep their ends and length: a difference in between is found by the hash. */
function shorten(content: string): string {
  if (content.length <= 1000) return content;
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  return `${content.slice(0, 100)} … ${content.slice(-100)} (${content.length} characters, hash ${hash})`;
}

/** One key per set of rules: cases with the same rules travel in one run. */
export const rulesKey = (rules: Partial<RulesConfig> | undefined): string => JSON.stringify(rules ?? {});
