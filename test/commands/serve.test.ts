/** `sluice serve` as a process: how it starts, what it says, and how it ends. */
import { chmodSync, existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { writeAddressBrowser } from '../support/address-browser.ts';
import { createFolder } from '../support/databases.ts';
import { rawRequest } from '../support/raw-http.ts';
import { logLines, startServe } from '../support/serve-process.ts';
import { runSluice, sluiceEntry } from './support/sluice-process.ts';

// Each starts processes, some of them several times.
vi.setConfig({ testTimeout: 90_000 });

const connection = { name: 'Shop', type: 'sqlite', path: '/shop.db' };

test('serves until SIGTERM, logs lines of JSON, ends with 0, and finds everything again', async () => {
  await using folder = await createFolder();
  await using first = await startServe({ dataDirectory: folder.path });
  expect((await first.send('GET', '/health')).body.status).toBe('ok');
  const { id } = (await first.send('POST', '/connections', connection)).body;
  const ended = await first.end();
  expect(ended.exitCode).toBe(0);
  expect(ended.stderr).toBe('Stopping; once more to stop at once.\n');
  const lines = logLines(ended);
  expect(lines[0]).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    msg: `The REST API listens at ${first.url}/api/v1`,
    url: first.url,
    dataDirectory: folder.path,
    apiKeyFrom: 'file',
  });
  expect(lines[1]).toMatchObject({ level: 'warn', msg: expect.stringContaining('kept in memory only') });
  expect(lines.at(-1)).toMatchObject({ level: 'info', msg: 'Ended.' });
  expect(ended.stdout).not.toContain(first.key);

  await using second = await startServe({ dataDirectory: folder.path });
  expect((await second.send('GET', `/connections/${id}`)).body.name).toBe('Shop');
  expect((await second.end('SIGINT')).exitCode).toBe(0);
});

describe('the API key', () => {
  test('file is made for its owner only, and kept', async () => {
    await using folder = await createFolder();
    await using first = await startServe({ dataDirectory: folder.path });
    const file = join(folder.path, 'api-key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await first.send('GET', '/connections', undefined, { 'x-api-key': 'wrong' })).status).toBe(401);
    await first.end();
    await using second = await startServe({ dataDirectory: folder.path });
    expect(second.key).toBe(first.key);
    expect((await second.send('GET', '/connections')).status).toBe(200);
  });

  test('file that others can read is warned of', async () => {
    await using folder = await createFolder();
    const file = join(folder.path, 'api-key');
    writeFileSync(file, 'open-to-all\n');
    chmodSync(file, 0o644);
    await using serve = await startServe({ dataDirectory: folder.path });
    expect((await serve.send('GET', '/connections')).status).toBe(200);
    const warnings = logLines(await serve.end()).map(({ msg }) => msg);
    expect(warnings).toContainEqual(expect.stringContaining(`chmod 600 ${file}`));
  });
});

describe('is refused, with 2 and what to do,', () => {
  test('a second one on the same data directory', async () => {
    await using folder = await createFolder();
    await using first = await startServe({ dataDirectory: folder.path });
    const { exitCode, stdout, stderr } = await runSluice(['serve', '--port', '0', '--data-dir', folder.path]);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      `Error: Sluice is already running on ${folder.path} (process ${first.pid}). Close it first, or choose another directory with --data-dir.\n`,
    );
    expect((await first.send('GET', '/connections')).status).toBe(200);
  });

  test('a port that is taken', async () => {
    await using folder = await createFolder();
    await using other = await createFolder();
    await using first = await startServe({ dataDirectory: folder.path });
    const { port } = new URL(first.url);
    const { exitCode, stderr } = await runSluice(['serve', '--port', port, '--data-dir', other.path]);
    expect(exitCode).toBe(2);
    expect(stderr).toBe(`Error: Port ${port} of 127.0.0.1 is in use by another program. Choose another with --port.\n`);
  });

  test.each([
    [['--port', '65536'], 'Give a port from 0 to 65535.'],
    [['--port', 'http'], 'Give a port from 0 to 65535.'],
    [['--host', '192.0.2.1'], '--host: 192.0.2.1 is not an address of this computer.'],
    [['--api-key-file', '/nowhere/key'], 'The API key file /nowhere/key cannot be written'],
    // A variable that is not set is no wish to listen everywhere, nor for the default folder.
    [['--host', ''], "option '--host <name>' argument '' is invalid"],
    [['--data-dir', ''], "option '--data-dir <folder>' argument '' is invalid"],
    [['extra'], 'too many arguments'],
  ])('%o', async (args, message) => {
    await using folder = await createFolder();
    const { exitCode, stderr } = await runSluice(['serve', '--data-dir', folder.path, '--port', '0', ...args]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

test('npx that is ended takes it along, although the signal does not reach it', async () => {
  await using folder = await createFolder();
  const startsIt = `require('node:child_process').spawn(process.execPath, process.argv.slice(1), { stdio: 'inherit' })`;
  const program = ['-e', startsIt, sluiceEntry];
  const environment = { npm_lifecycle_event: 'npx' };
  await using serve = await startServe({ dataDirectory: folder.path, program, environment });
  const ended = await serve.end('SIGTERM');
  expect(logLines(ended).at(-1)).toMatchObject({ msg: 'Ended.' });
});

test('a damaged settings file is set aside, told, and not overwritten', async () => {
  await using folder = await createFolder();
  const file = join(folder.path, 'sluice.json');
  const damaged = '{"version": 1, "connections": [{"na';
  writeFileSync(file, damaged);
  await using serve = await startServe({ dataDirectory: folder.path });
  await serve.send('POST', '/connections', connection);
  const { msg } = logLines(await serve.end()).find(({ level }) => level === 'warn')!;
  const aside = join(
    folder.path,
    readdirSync(folder.path).find((name) => name.includes('.damaged-'))!,
  );
  expect(readFileSync(aside, 'utf8')).toBe(damaged);
  expect(msg).toBe(
    `The settings file was damaged, so Sluice starts without connections and stream configs. The damaged file is kept as ${aside}: mend it and put it back as ${file}.`,
  );
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ connections: [{ name: 'Shop' }] });
});

test('on all addresses, it warns and answers under each of them, but under no other name', async () => {
  await using folder = await createFolder();
  await using serve = await startServe({ dataDirectory: folder.path, args: ['--host', '0.0.0.0'] });
  const { port, hostname } = new URL(serve.url);
  expect(hostname).toBe('127.0.0.1');
  const own = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses);
  const statusAs = async (host: string) =>
    (await rawRequest(serve.url, 'GET', '/api/v1/health', { host: `${host}:${port}` })).status;
  for (const { address, family } of own) expect(await statusAs(family === 'IPv6' ? `[${address}]` : address)).toBe(200);
  expect(await statusAs('sluice.example')).toBe(403);
  expect(await statusAs('192.0.2.1')).toBe(403);
  const warnings = logLines(await serve.end()).filter(({ level }) => level === 'warn');
  expect(warnings[0]!.msg).toContain('Other computers can reach this server');
});

test('--open shows the browser a page, for its owner only, that leads to an address that lets in once', async () => {
  await using folder = await createFolder();
  const browser = writeAddressBrowser(folder.path);
  await using serve = await startServe({
    dataDirectory: join(folder.path, 'data'),
    args: ['--open'],
    environment: browser.environment,
  });
  const page = await browser.page();
  expect(statSync(page).mode & 0o777).toBe(0o600);
  const address = new URL(await browser.address());
  expect(address.origin).toBe(serve.url);
  const token = new URLSearchParams(address.hash.slice(1)).get('token');
  const trade = () =>
    fetch(`${serve.url}/session`, {
      method: 'POST',
      headers: { origin: serve.url, 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
  // No argument of a process, and no log, has the token.
  expect(page).not.toContain(token);
  expect((await trade()).status).toBe(204);
  expect(existsSync(page)).toBe(false);
  expect((await trade()).status).toBe(401);
  expect((await serve.end()).stdout).not.toContain(token);
});

test('--open leaves no page behind that nobody has used', async () => {
  await using folder = await createFolder();
  const browser = writeAddressBrowser(folder.path);
  const { environment } = browser;
  await using serve = await startServe({ dataDirectory: join(folder.path, 'data'), args: ['--open'], environment });
  const page = await browser.page();
  expect(existsSync(page)).toBe(true);
  await serve.end();
  expect(existsSync(page)).toBe(false);
});
