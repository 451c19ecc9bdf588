/** The source of copies that are killed, the writer beside them, and what must hold of the target in the end. */
import type { ConnectionSettings } from '../../src/shared/model/connection.ts';
import { readRows, runScript } from './database-clients.ts';

const staticRows = 12_000;
const bareRows = 3_000;
const partRows = 400;
const versionRows = 1_500;

/**
 * Tables `a_...`, which stay as they are: one in key ranges, one without a key, one with a foreign key and indexes, small
 * ones. Tables `w_...` are for `writeTo`: all rows of `w_versions` always have one version, `w_events` only grows.
 */
export async function fillSource(database: ConnectionSettings): Promise<void> {
  const text = 'lorem ipsum dolor sit amet '.repeat(5);
  const values = (count: number, row: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => row(index));
  const insert = (table: string, rows: readonly string[]) =>
    Array.from({ length: Math.ceil(rows.length / 500) }, (_, part) => {
      const some = rows.slice(part * 500, part * 500 + 500);
      return `INSERT INTO ${table} VALUES ${some.map((row) => `(${row})`).join(', ')}`;
    });
  const small = Array.from({ length: 5 }, (_, index) => `a_small_${index}`);
  const statements = [
    'CREATE TABLE a_static (id bigint PRIMARY KEY, code varchar(20) NOT NULL, amount decimal(12,2), note text)',
    'CREATE TABLE a_bare (number int, note text)',
    'CREATE TABLE a_parts (id bigint PRIMARY KEY, part_of bigint, FOREIGN KEY (part_of) REFERENCES a_static (id))',
    ...small.map((name) => `CREATE TABLE ${name} (id int PRIMARY KEY, note varchar(50))`),
    'CREATE UNIQUE INDEX a_code ON a_static (code)',
    // In one transaction, which is what SQLite's client needs to be quick.
    'BEGIN',
    ...insert(
      'a_static',
      values(staticRows, (id) => `${id * 7}, 'c${id}', ${id % 5 === 0 ? 'NULL' : `${id}.25`}, '${id} ${text}'`),
    ),
    // Two by two equal: such a table has no key to tell doubled rows by.
    ...insert(
      'a_bare',
      values(bareRows, (row) => `${Math.floor(row / 2)}, '${text}'`),
    ),
    ...insert(
      'a_parts',
      values(partRows, (id) => `${id}, ${id * 7}`),
    ),
    ...small.map((name) => `INSERT INTO ${name} VALUES (1, 'one'), (2, NULL)`),
    'COMMIT',
  ];
  await runScript(database, `${statements.join(';\n')};\n`);
}

/** Fills the tables that `writes` changes. */
export async function addWrittenTables(database: ConnectionSettings): Promise<void> {
  const rows = Array.from({ length: versionRows }, (_, id) => `(${id}, 0, '${'x'.repeat(250)}')`);
  const statements = [
    'CREATE TABLE w_versions (id int PRIMARY KEY, version int NOT NULL, padding varchar(300))',
    'CREATE TABLE w_events (id int PRIMARY KEY)',
    `INSERT INTO w_versions VALUES ${rows.join(', ')}`,
  ];
  await runScript(database, `${statements.join(';\n')};\n`);
}

/** One transaction of the writer. */
export const writes = (number: number): string =>
  `BEGIN; UPDATE w_versions SET version = version + 1; INSERT INTO w_events VALUES (${number}); COMMIT`;

/** What is wrong with the copies of the tables that were written to: each must be as at some one moment. */
export async function brokenTables(database: ConnectionSettings): Promise<string[]> {
  const { rows, errors } = await readRows(database, [
    'SELECT count(*), count(DISTINCT version) FROM w_versions',
    'SELECT count(*), coalesce(max(id), 0) FROM w_events',
  ]);
  const [[versionCount, versions], [events, lastEvent]] = rows as [[string, string], [string, string]];
  return [
    ...(errors === '' ? [] : [errors]),
    ...(versionCount === String(versionRows) && versions === '1'
      ? []
      : [`w_versions: ${versionCount} rows of ${versions} moments`]),
    ...(events === lastEvent ? [] : [`w_events: ${events} rows up to ${lastEvent}`]),
  ];
}

export const urlOf = (database: ConnectionSettings): string =>
  database.kind === 'sqlite'
    ? `sqlite:${database.path}`
    : `${database.kind}://${database.username}:${database.password}@${database.host}:${database.port}/${database.database}`;
