/**
 * Marked secrets go in wherever one can; nothing that the program writes, prints, answers or starts may hold them. Their names
 * say where they went in.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createDatabase, createFolder, type TestDatabase } from '../support/databases.ts';
import { startEchoingServer, type EchoingServer } from '../support/echoing-server.ts';
import { describeServers } from '../support/needs.ts';
import { PlantedSecrets } from '../support/planted-secrets.ts';
import { descendantsOf } from '../support/process-tree.ts';
import type { Answer, LooseBody } from '../support/send-request.ts';
import { startServe, type ServeProcess } from '../support/serve-process.ts';
import { runSluice, startSluice } from './support/sluice-process.ts';

const clientKey = () =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;

const rowCount = 40_000;

/** A user of the server whose password is `secret`. */
async function createUser(database: TestDatabase, secret: string): Promise<string> {
  const name = `marked_${database.name.slice(-8)}`;
  await database.execute(
    database.settings.kind === 'postgresql'
      ? `CREATE ROLE ${name} LOGIN SUPERUSER PASSWORD '${secret}'`
      : `CREATE USER ${name} IDENTIFIED BY '${secret}'; GRANT ALL ON *.* TO ${name}`,
  );
  return name;
}

/** Rows of which one has a name that the target has no room for: it is refused, reported and kept. */
async function fill(database: TestDatabase): Promise<void> {
  await database.execute(`CREATE TABLE item (id INT PRIMARY KEY, name TEXT);
    INSERT INTO item SELECT g, rpad(g::text, 60, 'x') FROM generate_series(1, ${rowCount}) g;
    UPDATE item SET name = repeat('y', 200) WHERE id = 7`);
}
const narrowTable = 'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(100))';

describeServers('secrets', ['postgres18', 'mysql'], (servers) => {
  const withUsers = async (planted: PlantedSecrets) => {
    const source = await createDatabase(servers.postgres18);
    const target = await createDatabase(servers.mysql);
    const secrets = { source: planted.plant('password field'), target: planted.plant('environment') };
    const users = {
      source: await createUser(source, secrets.source),
      target: await createUser(target, secrets.target),
    };
    await fill(source);
    await target.execute(narrowTable);
    return {
      source,
      target,
      secrets,
      users,
      async [Symbol.asyncDispose]() {
        await target.execute(`DROP USER ${users.target}`);
        await target[Symbol.asyncDispose]();
        await source[Symbol.asyncDispose]();
        await using other = await createDatabase(servers.postgres18);
        await other.execute(`DROP ROLE ${users.source}`);
      },
    };
  };

  test('are nowhere when it serves', { timeout: 120_000 }, async () => {
    const planted = new PlantedSecrets();
    await using folder = await createFolder();
    await using echo = await startEchoingServer();
    await using ends = await withUsers(planted);
    const key = planted.plantWord('API key');
    writeFileSync(join(folder.path, 'api-key'), key, { mode: 0o600 });
    const serve = await startServe({
      dataDirectory: folder.path,
      environment: { SHOP_PASSWORD: ends.secrets.target, OTHER_SECRET: planted.plant('other variable') },
    });
    const told: string[] = [];
    const ask = async (method: string, path: string, body?: unknown, headers?: Record<string, string>) => {
      const answer = await serve.send(method, path, body, headers);
      told.push(`${method} ${answer.status} ${answer.text} ${JSON.stringify([...answer.headers])}`);
      return answer;
    };
    const listening = collectEvents(serve, told);

    const connections = await plantConnections(ask, planted, ends, echo);
    for (const id of Object.values(connections)) {
      for (const path of ['ping', 'databases', 'tables', 'views', 'meta', 'preflight?role=source&mode=convert'])
        await ask(path === 'ping' ? 'POST' : 'GET', `/connections/${id}/${path}`);
      await ask('GET', `/connections/${id}`);
    }
    expect(echo.passwords.length).toBeGreaterThan(0);
    await askBadly(ask, planted);

    for (const [source, target] of [
      [connections.echoing, connections.target],
      [connections.source, connections.wrong],
    ]) {
      const config = await makeConfig(ask, source!, target!);
      for (const path of [
        `/stream-configs/${config}/plan`,
        `/stream-configs/${config}/profile`,
        `/streams/${config}/start`,
      ])
        expect((await ask('POST', path)).status).toBe(503);
    }
    const config = await makeConfig(ask, connections.source, connections.target);
    const { id } = (await ask('POST', `/streams/${config}/start`)).body;
    const children = descendantsOf(serve.pid);
    // The inspector's and the stream's.
    expect(children.length).toBeGreaterThanOrEqual(2);
    expect(children.flatMap(({ cmdline, environ }) => planted.in(cmdline + environ))).toEqual([]);
    const stats = async () => (await ask('GET', `/streams/${id}/stats`)).body;
    await expect.poll(async () => (await stats()).status, { timeout: 60_000 }).toBe('FINISHED');
    expect((await ask('GET', `/streams/${id}/errors`)).text).toContain('yyyy');
    expect((await ask('POST', `/streams/${id}/verify`)).status).toBeLessThan(300);
    await expect.poll(async () => (await ask('GET', `/streams/${id}/verify`)).body.status).not.toBe('RUNNING');

    const clone = (await ask('PUT', `/stream-configs/${config}/clone`)).body.id;
    await ends.target.execute('DELETE FROM item');
    const crashing = (await ask('POST', `/streams/${clone}/start`)).body.id;
    for (const { pid, cmdline } of descendantsOf(serve.pid))
      if (cmdline.includes('stream-host')) process.kill(pid, 'SIGABRT');
    await expect.poll(async () => (await ask('GET', `/streams/${crashing}`)).body.status).toBe('FAILED');

    for (const path of ['/connections', '/stream-configs', '/streams', `/streams/${id}`, `/streams/${id}/logs`])
      await ask('GET', path);
    for (const path of ['/settings', '/info', '/metrics', '/openapi.json', '/health']) await ask('GET', path);
    const ended = await serve.end();
    await listening;
    expect(ended.exitCode).toBe(0);
    expect(told.flatMap((text) => planted.in(text).map((name) => `${name} in ${text.slice(0, 300)}`))).toEqual([]);
    expect(planted.in(ended.stdout + ended.stderr)).toEqual([]);
    // What was written is looked at as it lies on the disk.
    expect(readdirSync(folder.path)).toEqual(expect.arrayContaining(['journal.sqlite', 'sluice.json']));
    expect(planted.inFiles(folder.path)).toEqual(['api-key: API key']);
  });

  describe('are nowhere when a command runs', () => {
    const inFolders = async (planted: PlantedSecrets) => {
      const folder = await createFolder();
      const [work, data] = [join(folder.path, 'work'), join(folder.path, 'data')];
      for (const path of [work, data]) mkdirSync(path);
      const environment = { SLUICE_DATA_DIR: data, SLUICE_DEBUG: '1' };
      const run = async (args: readonly string[], variables: Record<string, string> = {}, input?: string) => {
        const ended = await runSluice(args, {
          environment: { ...environment, ...variables },
          folder: work,
          ...(input === undefined ? {} : { input }),
        });
        expect(planted.in(ended.stdout + ended.stderr), args[0]).toEqual([]);
        return ended;
      };
      return { run, work, data, environment, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
    };

    test('to its end, in each of its ways to show it', { timeout: 120_000 }, async () => {
      const planted = new PlantedSecrets();
      await using ends = await withUsers(planted);
      await using place = await inFolders(planted);
      const { source, target, users, secrets } = ends;
      const file = join(place.work, 'run.json');
      const body = {
        source: `postgresql://${users.source}:\${SOURCE_PASSWORD}@127.0.0.1:${source.settings.port}/${source.name}`,
        target: { ...fieldsOf(target, users.target), password: '${TARGET_PASSWORD}' },
        tables: [{ name: 'item' }],
        onRowError: 'skip',
        onExisting: 'append',
        parallelism: 1,
      };
      writeFileSync(file, JSON.stringify(body));
      const variables = { SOURCE_PASSWORD: secrets.source, TARGET_PASSWORD: secrets.target };
      expect((await place.run(['plan', file], variables)).exitCode).toBe(0);
      for (const args of [
        ['run', file, '--json', '--yes'],
        ['run', file, '--yes'],
      ]) {
        await target.execute('DELETE FROM item');
        const running = startSluice(args, { environment: { ...place.environment, ...variables }, folder: place.work });
        await expect
          .poll(() => descendantsOf(running.process.pid!).length, { timeout: 20_000, interval: 5 })
          .toBeGreaterThan(0);
        const children = descendantsOf(running.process.pid!);
        const ended = await running.ended;
        expect(children.flatMap(({ cmdline, environ }) => planted.in(cmdline + environ))).toEqual([]);
        expect(planted.in(ended.stdout + ended.stderr)).toEqual([]);
        expect(ended.exitCode, ended.stderr).toBe(3);
      }
      expect(planted.inFiles(place.data)).toEqual([]);
      expect(planted.inFiles(place.work)).toEqual([]);
      expect(readdirSync(join(place.data, 'rejects'))).not.toEqual([]);
    });

    test('and fails', { timeout: 120_000 }, async () => {
      const planted = new PlantedSecrets();
      await using echo = await startEchoingServer();
      await using place = await inFolders(planted);
      const url = (text: string) => `postgresql://someone:${encodeURIComponent(text)}@127.0.0.1:${echo.port}/shop`;
      const mysql = `mysql://someone:${encodeURIComponent(planted.plant('wrong password'))}@127.0.0.1:${servers.mysql.port}/mysql`;
      const echoed = url(planted.plant('repeated by the server'));
      const target = 'sqlite:copy.db';
      for (const json of [[], ['--json']])
        for (const source of [echoed, mysql]) {
          expect((await place.run(['run', '-s', source, '-t', target, ...json])).exitCode).toBe(1);
          expect((await place.run(['plan', '-s', source, '-t', target, ...json])).exitCode).toBe(1);
        }
      expect(echo.passwords.length).toBeGreaterThan(0);
      const half = planted.plant('URL that is none').replaceAll('%', '');
      const malformed = [
        `postgresql://someone:${half}@127.0.0.1/shop`,
        `postgres//${half}`,
        `mysql://h/shop?${half}=1`,
      ];
      for (const source of malformed) {
        const { exitCode } = await place.run(['run', '-s', source, '-t', target]);
        expect(exitCode).toBe(2);
      }
      const wrongFiles = [
        `{"source": "${planted.plantWord('broken JSON')}`,
        JSON.stringify({ source: { type: 'mysql', pasword: planted.plant('wrong field') }, target }),
        JSON.stringify({
          source: { type: 'mysql', host: 'h', database: 'd', port: planted.plant('wrong type') },
          target,
        }),
      ];
      for (const content of wrongFiles) expect((await place.run(['run', '-'], {}, content)).exitCode).toBe(2);
      const ssl = { mode: 'require', client_cert: 'Zm9v', client_key: planted.plantKey('client key', clientKey()) };
      const withKey = {
        type: 'mysql',
        host: '127.0.0.1',
        port: servers.mysql.port,
        username: 'u',
        database: 'mysql',
        ssl,
      };
      expect((await place.run(['run', '-'], {}, JSON.stringify({ source: withKey, target }))).exitCode).toBe(1);
      expect([...planted.inFiles(place.data), ...planted.inFiles(place.work)]).toEqual([]);
    });
  });
});

type Ask = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer<LooseBody>>;

const fieldsOf = ({ settings }: TestDatabase, username: string) => ({
  type: settings.kind,
  host: settings.host,
  port: settings.port,
  database: settings.database,
  username,
});

type Ends = {
  readonly source: TestDatabase;
  readonly target: TestDatabase;
  readonly users: { readonly source: string; readonly target: string };
  readonly secrets: { readonly source: string };
};

/** Two that work, and others that fail in their own ways. */
async function plantConnections(ask: Ask, planted: PlantedSecrets, ends: Ends, echo: EchoingServer) {
  const { source, target, users } = ends;
  const create = async (body: Record<string, unknown>) => {
    await ask('POST', '/connections/test', body);
    const answer = await ask('POST', '/connections', body);
    expect(answer.status).toBe(201);
    return answer.body.id;
  };
  const wrong = encodeURIComponent(planted.plant('wrong password in a URL'));
  const ssl = { mode: 'verify-full', client_cert: 'Zm9v', client_key: planted.plantKey('client key', clientKey()) };
  const ids = {
    source: await create({ name: 'source', ...fieldsOf(source, users.source), password: ends.secrets.source }),
    target: await create({ name: 'target', ...fieldsOf(target, users.target), password: '${SHOP_PASSWORD}' }),
    wrong: await create({
      name: 'wrong',
      url: `mysql://${users.target}:${wrong}@127.0.0.1:${target.settings.port}/${target.name}`,
    }),
    keyed: await create({ name: 'keyed', ...fieldsOf(source, users.source), password: planted.plant('p'), ssl }),
    echoing: await create({
      ...{ name: 'echoing', ...fieldsOf(source, 'someone'), port: echo.port },
      password: planted.plant('repeated by the server'),
    }),
  };
  await ask('PUT', `/connections/${ids.keyed}`, {
    ...{ name: 'keyed', ...fieldsOf(source, users.source), password: planted.plant('changed password') },
  });
  await ask('PUT', `/connections/${ids.keyed}/clone`);
  return ids;
}

async function askBadly(ask: Ask, planted: PlantedSecrets): Promise<void> {
  const bodies: unknown[] = [
    { name: 'x', type: 'mysql', pasword: planted.plant('wrong field') },
    { name: 'x', type: 'mysql', host: 'h', username: 'u', port: planted.plant('wrong type') },
    { name: 'x', url: `postgresql://u:${planted.plantWord('cut short')}/rest@h/db` },
    { name: 'x', url: `postgres//${planted.plantWord('no URL')}` },
    { name: 'x', url: `mysql://h/db?${planted.plantWord('parameter')}=1` },
    { name: 'x', type: planted.plantWord('type') },
    `{"name": "x", "password": "${planted.plantWord('broken JSON')}`,
    `{"name": "x", "password": ${planted.plantWord('bare word')}}`,
  ];
  for (const body of bodies)
    for (const path of ['/connections', '/connections/test']) expect((await ask('POST', path, body)).status).toBe(400);
  const misplaced = { name: 'x', source: { password: planted.plant('config') }, mode: 'convert', target: 't' };
  for (const path of ['/stream-configs', '/stream-configs/validate'])
    expect((await ask('POST', path, misplaced)).status).toBe(400);
  expect((await ask('GET', '/streams', undefined, { 'x-api-key': planted.plantWord('wrong API key') })).status).toBe(
    401,
  );
  expect((await ask('GET', `/streams?limit=${planted.plantWord('query')}`)).status).toBe(400);
  const typed = { 'content-type': `text/${planted.plantWord('content type')}` };
  expect((await ask('POST', '/connections', planted.plantWord('text body'), typed)).status).toBe(415);
}

let configs = 0;
async function makeConfig(ask: Ask, source: string, target: string): Promise<string> {
  const answer = await ask('POST', '/stream-configs', {
    ...{ name: `config ${configs++}`, source, target, mode: 'convert', tables: [{ name: 'item' }] },
    ...{ parallelism: 1, chunkBytes: 262_144, onRowError: 'skip', onExisting: 'append' },
  });
  expect(answer.status).toBe(201);
  return answer.body.id;
}

/** Everything that is announced until the server closes. */
async function collectEvents({ url, key }: ServeProcess, told: string[]): Promise<void> {
  const answer = await fetch(`${url}/api/v1/events`, { headers: { 'x-api-key': key } });
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of answer.body!) text += decoder.decode(chunk, { stream: true });
  } finally {
    told.push(`events ${text}`);
  }
}
