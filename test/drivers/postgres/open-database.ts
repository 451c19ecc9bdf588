/** What the driver's tests share: a database of their own, sessions on it, plans of its tables. */
import type { Session, SessionOptions } from '../../../src/main/engine/driver/driver.ts';
import { postgresDriver } from '../../../src/main/engine/drivers/postgres/postgres-driver.ts';
import type { RowBundle } from '../../../src/main/engine/model/row-bundle.ts';
import type { KeyRange, TablePlan, ValueRules } from '../../../src/main/engine/model/table-plan.ts';
import type { TableSchema } from '../../../src/main/engine/model/table-schema.ts';
import type { NeutralType } from '../../../src/main/engine/model/neutral-type.ts';
import { rulesSchema } from '../../../src/shared/model/rules.ts';
import type { TestDatabase } from '../../support/databases.ts';

export const bothVersions = ['postgres18', 'postgres15'] as const;

export const rules = rulesSchema.parse({});

export function openSession(
  database: TestDatabase,
  role: 'source' | 'target',
  options: Partial<SessionOptions> = {},
): Promise<Session> {
  return postgresDriver.connect(database.settings, {
    role,
    streamId: 'stream_test',
    signal: new AbortController().signal,
    ...options,
  });
}

export async function describeTable(
  session: Session,
  name: string,
  schema: string | null = null,
): Promise<TableSchema> {
  const [table] = await session.catalog.describe([{ schema, name }]);
  if (!table) throw new Error(`There is no table ${name}.`);
  return table;
}

const keepAll: ValueRules = {
  zeroDate: 'error',
  infiniteDate: 'keep',
  notANumber: 'keep',
  nulByte: 'error',
  dateRange: 'keep',
};

export interface PlanChanges {
  readonly query?: string;
  readonly where?: string;
  readonly rules?: Partial<ValueRules>;
  /** Default: every column in its own canonical form. */
  readonly wire?: (type: NeutralType) => NeutralType;
}

/** A plan that reads `table` and loads a table of the same name and columns. */
export function planOf(table: TableSchema, changes: PlanChanges = {}): TablePlan {
  return {
    label: table.name.name,
    source: { table: table.name, schema: table, query: changes.query ?? null, where: changes.where ?? null },
    target: table.name,
    columns: table.columns.map((column) => ({
      source: column,
      target: column,
      wire: changes.wire?.(column.type) ?? column.type,
      rules: { ...keepAll, ...changes.rules },
    })),
    targetSchema: table,
    estimatedRows: null,
    estimatedBytes: null,
    filtered: false,
    findings: [],
  };
}

/** All row text of one read. */
export async function readAll(
  session: Session,
  plan: TablePlan,
  range: KeyRange | null = null,
): Promise<{ bytes: Buffer; rows: number }> {
  await using snapshot = await session.openSnapshot(1, []);
  return await collect(snapshot.readers[0]!.read(plan, range));
}

export async function collect(bundles: AsyncIterable<RowBundle>): Promise<{ bytes: Buffer; rows: number }> {
  const parts: Buffer[] = [];
  let rows = 0;
  for await (const bundle of bundles) {
    parts.push(Buffer.from(bundle.bytes));
    rows += bundle.rows;
  }
  return { bytes: Buffer.concat(parts), rows };
}

/** Fields of row text: null for NULL, escapes resolved by the rules of docs/row-text.md and no others. */
export function parseRowText(bytes: Buffer): (string | null)[][] {
  const text = bytes.toString('utf8');
  if (text === '') return [];
  if (!text.endsWith('\n')) throw new Error('Row text does not end with a line feed.');
  return text
    .slice(0, -1)
    .split('\n')
    .map((row) => row.split('\t').map((field) => (field === '\\N' ? null : unescape(field))));
}

const escapes: Record<string, string> = { '\\': '\\', t: '\t', n: '\n', r: '\r' };

function unescape(field: string): string {
  return field.replace(/\\(.?)/gs, (_, second: string) => {
    const character = escapes[second];
    if (character === undefined) throw new Error(`Row text has the escape \\${second}.`);
    return character;
  });
}

export function toRowText(rows: readonly (readonly (string | null)[])[]): Buffer {
  const field = (value: string | null) =>
    value === null
      ? '\\N'
      : value.replace(/[\\\t\n\r]/g, (character) => `\\${{ '\\': '\\', '\t': 't', '\n': 'n', '\r': 'r' }[character]!}`);
  return Buffer.from(rows.map((row) => `${row.map(field).join('\t')}\n`).join(''));
}
