/**
 * Our copy beside the plain client pipe and pgloader, in one run on one machine: `npm run bench [-- --rows N]
 * [--only mariadb-postgres] [--table products] [--runs N] [--json FILE]`. Same durable servers for all, same end state,
 * rows counted after each, order rotated, one discarded warm-up, medians. Ratios are what counts.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { arch, cpus, platform, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ConnectionSettings } from '../../src/shared/model/connection.ts';
import { readRows, runScript } from '../support/database-clients.ts';
import { findProgram } from '../support/find-program.ts';
import { startServers } from '../support/servers/start-servers.ts';
import { contestants, type Contestant } from './contestants.ts';
import { measure, median, type Measurement } from './measure.ts';
import { defaultRows, fillStatement, sourceStatement, type BenchTable } from './tables.ts';

type End = 'postgres' | 'mariadb' | 'sqlite';

/** Ratio against the pipe that the product is to reach on `products`; absent: no goal. */
const goals: Record<string, number> = {
  'mariadb-postgres': 0.9,
  'sqlite-postgres': 1.0,
  'postgres-sqlite': 1.0,
  'postgres-postgres': 1.1,
  'postgres-mariadb': 1.1,
};
const pairs = [...Object.keys(goals), 'mariadb-mariadb', 'mariadb-sqlite', 'sqlite-mariadb'];

interface Row {
  readonly pair: string;
  readonly table: BenchTable;
  readonly rows: number;
  readonly contestant: Contestant['name'];
  readonly seconds: number;
  readonly rowsPerSecond: number;
  readonly megabytesPerSecond: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
  /** Our time divided by this contestant's. */
  readonly ratio: number;
}

const { values } = parseArgs({
  options: {
    rows: { type: 'string' },
    only: { type: 'string' },
    table: { type: 'string' },
    runs: { type: 'string', default: '3' },
    json: { type: 'string' },
  },
});
const runs = Number(values.runs);
const chosen = values.only ? pairs.filter((pair) => values.only!.split(',').includes(pair)) : pairs;
if (chosen.length === 0) throw new Error(`--only takes ${pairs.join(', ')}`);
const tables = (['products', 'documents'] as const).filter((table) => !values.table || values.table === table);

const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
const servers = await startServers({ names: ['postgres15', 'mariadb'], durable: true });
try {
  const results: Row[] = [];
  for (const table of tables) {
    const rows = values.rows ? Number(values.rows) : defaultRows[table];
    const sources = new Map<End, ConnectionSettings>();
    for (const end of new Set(chosen.map((pair) => pair.split('-')[0] as End))) {
      sources.set(end, await makeSource(end, table, rows));
    }
    for (const pair of chosen) {
      const [from, to] = pair.split('-') as [End, End];
      results.push(...(await contest(pair, sources.get(from)!, to, table, rows)));
    }
    for (const [end, database] of sources) await drop(end, database);
  }
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${release()} ${arch()}`;
  console.log(`\n${machine}, Node ${process.version}`);
  console.table(results.map(({ ...row }) => row));
  if (values.json) writeFileSync(values.json, JSON.stringify({ machine, node: process.version, results }, null, 2));
} finally {
  await servers.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function contest(
  pair: string,
  source: ConnectionSettings,
  to: End,
  table: BenchTable,
  rows: number,
): Promise<Row[]> {
  const name = `bench_target`;
  const target = settings(to, name);
  const list = contestants({
    source,
    target,
    table,
    sluice: `${process.execPath} src/main/sluice.js`,
    pgloader: findProgram('pgloader'),
  });
  const measured = new Map<Contestant['name'], Measurement[]>(list.map((each) => [each.name, []]));
  for (let run = 0; run <= runs; run++) {
    const rotated = list.map((_, index) => list[(index + run) % list.length]!);
    for (const contestant of rotated) {
      await create(to, target);
      const measurement = await measure(contestant.command, {});
      await checkCount(target, table, rows, contestant);
      await drop(to, target);
      // The first round fills the caches of disk and servers and is not counted.
      if (run > 0) measured.get(contestant.name)!.push(measurement);
      console.log(`${pair} ${table} run ${run} ${contestant.name}: ${measurement.seconds.toFixed(2)} s`);
    }
  }
  const secondsOf = (each: Contestant['name']) => median(measured.get(each)!.map(({ seconds }) => seconds));
  const megabytes = (await textBytes(source, table)) / 2 ** 20;
  const ours = secondsOf('sluice');
  const goal = table === 'products' ? goals[pair] : undefined;
  const verdict = goal === undefined ? '' : ` (goal ${goal})`;
  console.log(`${pair} ${table}: sluice / pipe = ${(ours / secondsOf('pipe')).toFixed(2)}${verdict}`);
  return list.map(({ name: contestant }) => {
    const seconds = secondsOf(contestant);
    const all = measured.get(contestant)!;
    return {
      pair,
      table,
      rows,
      contestant,
      seconds: round(seconds),
      rowsPerSecond: Math.round(rows / seconds),
      megabytesPerSecond: round(megabytes / seconds),
      cpuSeconds: round(median(all.map(({ cpuSeconds }) => cpuSeconds))),
      peakMegabytes: Math.round(median(all.map(({ peakBytes }) => peakBytes)) / 2 ** 20),
      ratio: round(ours / seconds),
    };
  });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function settings(end: End, name: string): ConnectionSettings {
  if (end === 'sqlite') return { kind: 'sqlite', path: join(folder, `${name}.db`) };
  const server = end === 'postgres' ? servers.addresses.postgres15 : servers.addresses.mariadb;
  if (!server) throw new Error(`no ${end} here: ${JSON.stringify(servers.missing)}`);
  return { ...server, database: name, schema: null, socket: null, ssl: null };
}

async function makeSource(end: End, table: BenchTable, rows: number): Promise<ConnectionSettings> {
  const database = settings(end, `bench_source_${table}`);
  await create(end, database);
  const kind = database.kind as 'postgresql' | 'mariadb' | 'sqlite';
  await runScript(database, `${sourceStatement(table, kind)};\n${fillStatement(table, kind, rows)};\n`);
  if (kind === 'postgresql') await runScript(database, `VACUUM ANALYZE ${table};\n`);
  return database;
}

async function create(end: End, database: ConnectionSettings): Promise<void> {
  if (database.kind !== 'sqlite') await runScript(administration(end), `CREATE DATABASE ${database.database};\n`);
}

async function drop(end: End, database: ConnectionSettings): Promise<void> {
  if (database.kind === 'sqlite') rmSync(database.path, { force: true });
  else await runScript(administration(end), `DROP DATABASE ${database.database};\n`);
}

function administration(end: End): ConnectionSettings {
  return settings(end, end === 'postgres' ? 'postgres' : 'mysql');
}

async function checkCount(
  target: ConnectionSettings,
  table: BenchTable,
  rows: number,
  contestant: Contestant,
): Promise<void> {
  const { rows: answer, errors } = await readRows(target, [`SELECT count(*) FROM ${table}`]);
  if (Number(answer[0]?.[0]) !== rows) throw new Error(`${contestant.name} left ${answer[0]?.[0]} rows. ${errors}`);
}

/** Size of the table's text, the same figure for all contestants of a pair. */
async function textBytes(source: ConnectionSettings, table: BenchTable): Promise<number> {
  const columns = table === 'products' ? ['id', 'name', 'price', 'weight', 'created'] : ['id', ...'abcde'];
  const cast = source.kind === 'mariadb' ? 'char' : 'text';
  const sum = columns.map((column) => `length(cast(${column} as ${cast}))`).join(' + ');
  const { rows } = await readRows(source, [`SELECT sum(${sum} + ${columns.length}) FROM ${table}`]);
  return Number(rows[0]![0]);
}
