/** Ways from one database to the same end state: rows, primary key, statistics. Shell commands, run side by side. */
import type { ConnectionSettings } from '../../src/shared/model/connection.ts';
import { columnNames, targetStatement, type BenchTable } from './tables.ts';

export interface Contestant {
  readonly name: 'sluice' | 'pipe' | 'pgloader';
  readonly command: string;
}

export interface Contest {
  readonly source: ConnectionSettings;
  readonly target: ConnectionSettings;
  readonly table: BenchTable;
  readonly sluice: string;
  /** null: not installed. */
  readonly pgloader: string | null;
}

export function contestants(contest: Contest): Contestant[] {
  const { source, target, table } = contest;
  const ours = `${contest.sluice} run --quiet --source ${quote(url(source))} --target ${quote(url(target))} --table ${table}`;
  const list: Contestant[] = [
    { name: 'sluice', command: ours },
    { name: 'pipe', command: pipe(contest) },
  ];
  const loads = source.kind === 'sqlite' || source.kind === 'mariadb';
  if (contest.pgloader && loads && target.kind === 'postgresql' && table === 'products') {
    const from = source.kind === 'sqlite' ? url(source) : url(source).replace('mariadb:', 'mysql:');
    list.push({ name: 'pgloader', command: `${contest.pgloader} ${quote(from)} ${quote(url(target))} >/dev/null` });
  }
  return list;
}

/** The databases' own clients, joined by a pipe, with what a careful person does before and after. */
function pipe({ source, target, table }: Contest): string {
  const create = run(target, targetStatement(table, target.kind as 'postgresql', target.kind !== 'postgresql'));
  const finish: Record<string, string> = {
    postgresql: run(target, `ALTER TABLE ${table} ADD PRIMARY KEY (id)`) + `; ${run(target, `ANALYZE ${table}`)}`,
    mariadb: run(target, `ANALYZE TABLE ${table}`),
    sqlite: run(target, 'ANALYZE'),
  };
  return `${create}; ${dump(source, table)} | ${load(source, target, table)}; ${finish[target.kind]}`;
}

function dump(source: ConnectionSettings, table: BenchTable): string {
  const select = `SELECT ${columnNames[table]} FROM ${table}`;
  switch (source.kind) {
    case 'postgresql':
      return `${client(source)} -c ${quote(`COPY (${select}) TO STDOUT`)}`;
    case 'sqlite':
      return `sqlite3 -batch -separator "$(printf '\\t')" ${quote(source.path)} ${quote(select)}`;
    default:
      return `${client(source)} --quick -B -N -e ${quote(select)}`;
  }
}

/** `NULL` is how mariadb prints NULL, an empty field how sqlite3 does. */
function load(source: ConnectionSettings, target: ConnectionSettings, table: BenchTable): string {
  switch (target.kind) {
    case 'postgresql': {
      const nulls =
        source.kind === 'mariadb' ? ` WITH (NULL 'NULL')` : source.kind === 'sqlite' ? ` WITH (NULL '')` : '';
      return `${client(target)} -c ${quote(`COPY ${table} FROM STDIN${nulls}`)}`;
    }
    case 'sqlite':
      return `sqlite3 -batch ${quote(target.path)} ${quote('.mode tabs')} ${quote(`.import /dev/stdin ${table}`)}`;
    default:
      return `${client(target)} --local-infile=1 -e ${quote(`LOAD DATA LOCAL INFILE '/dev/stdin' INTO TABLE ${table}`)}`;
  }
}

function run(target: ConnectionSettings, sql: string): string {
  if (target.kind === 'sqlite') return `sqlite3 -batch ${quote(target.path)} ${quote(sql)}`;
  return `${client(target)} ${target.kind === 'postgresql' ? '-c' : '-e'} ${quote(sql)}`;
}

function client(database: ConnectionSettings): string {
  if (database.kind === 'sqlite') return `sqlite3 -batch ${quote(database.path)}`;
  const { host, port, username, password } = database;
  return database.kind === 'postgresql'
    ? `PGPASSWORD=${password} psql -X -q -v ON_ERROR_STOP=1 -h ${host} -p ${port} -U ${username} -d ${database.database}`
    : `MYSQL_PWD=${password} mariadb --no-defaults -h ${host} -P ${port} -u ${username} ${database.database}`;
}

export function url(database: ConnectionSettings): string {
  if (database.kind === 'sqlite') return `sqlite://${database.path}`;
  const { kind, username, password, host, port } = database;
  return `${kind}://${username}:${password}@${host}:${port}/${database.database}`;
}

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
