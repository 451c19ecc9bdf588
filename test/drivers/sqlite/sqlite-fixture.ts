/** SQLite files, sessions and plans for the tests of this folder. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Session, TableReader } from '../../../src/main/engine/driver/driver.ts';
import { sqliteDriver } from '../../../src/main/engine/drivers/sqlite/sqlite-driver.ts';
import type { NeutralType } from '../../../src/main/engine/model/neutral-type.ts';
import type { TablePlan, ValueRules } from '../../../src/main/engine/model/table-plan.ts';
import type { TableSchema } from '../../../src/main/engine/model/table-schema.ts';
import { rulesSchema } from '../../../src/shared/model/rules.ts';
import { createFolder } from '../../support/databases.ts';

export interface SqliteFile extends AsyncDisposable {
  readonly path: string;
  /** Another program's connection to the file. */
  readonly database: DatabaseSync;
  source(): Promise<Session>;
  target(): Promise<Session>;
}

/** A new file in a folder of its own, filled by `sql`. Sessions that a test leaves open are closed with it. */
export async function createFile(sql = ''): Promise<SqliteFile> {
  const folder = await createFolder();
  const path = join(folder.path, 'test.db');
  const database = new DatabaseSync(path, { enableDoubleQuotedStringLiterals: true });
  database.exec(`PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; ${sql}`);
  const sessions: Session[] = [];
  const connect = async (role: 'source' | 'target') => {
    const signal = new AbortController().signal;
    const session = await sqliteDriver.connect({ kind: 'sqlite', path }, { role, streamId: 'stream_test', signal });
    sessions.push(session);
    return session;
  };
  return {
    path,
    database,
    source: () => connect('source'),
    target: () => connect('target'),
    async [Symbol.asyncDispose]() {
      for (const session of sessions) await session[Symbol.asyncDispose]();
      if (database.isOpen) database.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

export async function describeTable(session: Session, name: string): Promise<TableSchema> {
  const [table] = await session.catalog.describe([{ schema: null, name }]);
  if (!table) throw new Error(`There is no table ${name}.`);
  return table;
}

const keepAll: ValueRules = {
  zeroDate: 'error',
  infiniteDate: 'keep',
  notANumber: 'error',
  nulByte: 'keep',
  dateRange: 'keep',
};

interface PlanChoices {
  /** Wire types by column name; the others travel as the catalog has them. */
  readonly wires?: Readonly<Record<string, NeutralType>>;
  readonly rules?: Partial<ValueRules>;
  readonly query?: string;
  readonly where?: string;
}

/** Reads and writes the table under its own names and types. */
export function planOf(table: TableSchema, { wires = {}, rules = {}, query, where }: PlanChoices = {}): TablePlan {
  return {
    label: table.name.name,
    source: { table: table.name, schema: table, query: query ?? null, where: where ?? null },
    target: table.name,
    columns: table.columns
      .filter((column) => column.generated === null)
      .map((column) => ({
        source: column,
        target: column,
        wire: wires[column.name] ?? column.type,
        rules: { ...keepAll, ...rules },
      })),
    targetSchema: table,
    estimatedRows: null,
    estimatedBytes: null,
    filtered: false,
    findings: [],
  };
}

/** The plan of a copy between two SQLite files. */
export function samePlan(table: TableSchema): TablePlan {
  const adapted = sqliteDriver.dialect.adapt(table, {
    sourceFamily: 'sqlite',
    sameKind: true,
    rules: rulesSchema.parse({}),
    label: table.name.name,
    defaultSchema: null,
    translate: (sql) => sql,
    lacking: new Set(),
  });
  const wires = Object.fromEntries(table.columns.map((column, index) => [column.name, adapted.wires[index]!]));
  return { ...planOf(table, { wires }), targetSchema: adapted.schema };
}

export async function readAll(reader: TableReader, plan: TablePlan, range: Parameters<TableReader['read']>[1] = null) {
  const parts: Buffer[] = [];
  let rows = 0;
  for await (const bundle of reader.read(plan, range)) {
    parts.push(Buffer.from(bundle.bytes));
    rows += bundle.rows;
  }
  return { bytes: Buffer.concat(parts), rows };
}

/** Row text of a whole table as a source session reads it. */
export async function rowText(session: Session, plan: TablePlan): Promise<string> {
  await using snapshot = await session.openSnapshot(1, [plan.source.table]);
  return (await readAll(snapshot.readers[0]!, plan)).bytes.toString('utf8');
}

/** Loads row text in one transaction. */
export async function load(session: Session, plan: TablePlan, bytes: Buffer | string): Promise<void> {
  const held = Buffer.from(bytes);
  await using writer = await session.openWriter();
  await writer.begin();
  await writer.load(plan, { kind: 'held', bytes: held, rows: held.filter((byte) => byte === 0x0a).length });
  await writer.commit();
}

/** Every value of a result as SQLite's quote() shows it. */
export function quotedRows(database: DatabaseSync, table: string): unknown[][] {
  const names = database
    .prepare(`SELECT * FROM ${table} LIMIT 0`)
    .columns()
    .map(({ name }) => `quote("${name}")`);
  const statement = database.prepare(`SELECT ${names.join(', ')} FROM ${table}`);
  statement.setReturnArrays(true);
  return statement.all() as unknown as unknown[][];
}

/** Never while a session of this process has the file open: closing the file again would end SQLite's locks. */
export const fileHash = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
