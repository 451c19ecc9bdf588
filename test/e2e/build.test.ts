/** What `npm run build` makes: whole, loadable, and at work without the sources. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hostedParts } from '../../src/main/hosted-parts.ts';
import { childProcessFactory } from '../../src/main/hosts/child-process-factory.ts';
import { HostClient } from '../../src/main/hosts/host-client.ts';
import { plainEnvironment } from '../../src/main/hosts/host-environment.ts';
import { hostEntriesOf } from '../../src/main/hosts/host-process.ts';
import { createFolder } from '../support/databases.ts';
import { runProgram } from '../support/run-program.ts';
import { buildApp, type BuiltApp } from './support/build-app.ts';

let built: BuiltApp;
beforeAll(async () => {
  built = await buildApp();
}, 120_000);
afterAll(() => built?.[Symbol.asyncDispose]());

const project = fileURLToPath(new URL('../..', import.meta.url));
const packages = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as Record<
  string,
  Record<string, string>
>;
const main = (name: string) => join(built.output, 'main', name);
const scripts = () => globSync('{main,preload}/**/*.{js,cjs}', { cwd: built.output });
const read = (script: string) => readFileSync(join(built.output, script), 'utf8');

async function writeShop(folder: string): Promise<string> {
  const path = join(folder, 'shop.sqlite');
  using database = new DatabaseSync(path);
  database.exec('CREATE TABLE item (id INTEGER PRIMARY KEY)');
  return path;
}

test('every program is there, and can be read', async () => {
  const entries = ['cli', 'index', 'inspector-host-entry', 'keychain-host-entry', 'stream-host-entry'];
  expect(globSync('main/*.js', { cwd: built.output }).sort()).toEqual(entries.map((name) => `main/${name}.js`));
  expect(globSync('preload/*', { cwd: built.output })).toEqual(['preload/index.cjs']);
  // What they load is loaded below.
  for (const script of [...entries.map((name) => main(`${name}.js`)), join(built.output, 'preload/index.cjs')])
    await runProgram(process.execPath, ['--check', script]);
});

test('packages stay outside, and are those that an installation has', () => {
  const imported = scripts().flatMap((script) => [
    ...read(script).matchAll(/(?:\bfrom\s*|\bimport\s*\(?|\brequire\s*\()["']([^."'][^"']*)["']/g),
  ]);
  const names = new Set(imported.map(([, name]) => name!).filter((name) => !name.startsWith('node:')));
  const installed = Object.keys({ ...packages['dependencies'], ...packages['optionalDependencies'] });
  expect([...names].filter((name) => name !== 'electron' && !installed.includes(name))).toEqual([]);
  expect(names).toContain('zod');
});

test('keytar is loaded by its own process only, and is in no bundle', () => {
  const naming = scripts().filter((script) => /["']keytar["']/.test(read(script)));
  expect(read('main/keychain-host-entry.js')).toContain('import("keytar")');
  // The other one asks whether it is installed.
  expect(
    naming.filter((script) => /(import|require)\(["']keytar["']\)|from ["']keytar["']/.test(read(script))),
  ).toEqual(['main/keychain-host-entry.js']);
  expect(scripts().filter((script) => read(script).includes('keytar.node'))).toEqual([]);
});

test('the preload script is one file that a sandbox can load', () => {
  const required = [...read('preload/index.cjs').matchAll(/require\(["']([^"']+)["']\)/g)].map(([, name]) => name);
  expect(required).toEqual(['electron']);
});

test('the command line runs', async () => {
  const version = await runProgram(process.execPath, [main('cli.js'), '--version']);
  expect(version.trim()).toBe((packages as unknown as { version: string }).version);
});

test('the hosts answer', async () => {
  await using folder = await createFolder();
  const path = await writeShop(folder.path);
  const processes = childProcessFactory();
  const entries = hostEntriesOf(pathToFileURL(main('cli.js')).href);
  const parts = hostedParts(processes, entries, process.env);
  const call = { timeoutMs: 20_000, signal: new AbortController().signal };
  expect(await parts.inspector.tables({ kind: 'sqlite', path }, call)).toEqual(['item']);
  const launch = { title: 'built', heapMegabytes: 64, environment: plainEnvironment(process.env) };
  for (const entry of [entries.stream, entries.keychain])
    await new HostClient(processes.fork(entry, launch), {}, { title: 'The built host', hangMs: null }).up;
  await parts.closeHosts();
});

test('the window starts, shows its page, reaches a database and ends', { timeout: 60_000 }, async () => {
  await using folder = await createFolder();
  const path = await writeShop(folder.path);
  const program = fileURLToPath(new URL('./support/built-on-fake-electron.ts', import.meta.url));
  const text = await runProgram(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', program, built.output, path, '--port=0'],
    {
      cwd: project,
      env: { ...plainEnvironment(process.env), SLUICE_DATA_DIR: join(folder.path, 'data') },
    },
  );
  expect(JSON.parse(text)).toEqual({
    tables: { ok: true, value: ['item'] },
    page: { url: 'app://sluice/index.html', status: 200, html: expect.stringContaining('<div id="app">') },
    scriptStatus: 200,
    exitCode: 0,
  });
});
