/** One contract, every door: each operation gives the same answer to a program over REST and to the window. */
import { expect, test } from 'vitest';
import { operationNames, operations, type Call, type OperationName } from '../../src/shared/contract/contract.ts';
import { restClient } from '../../src/shared/contract/rest-client.ts';
import type { Operation } from '../../src/shared/contract/operation.ts';
import { SluiceError } from '../../src/shared/errors/sluice-error.ts';
import { openWindowDoor } from '../support/electron/window-door.ts';
import { postgresBody, startControlPlane, tableProgress, type ControlPlane } from '../support/control-plane.ts';

const doors = {
  REST: ({ app, key }: ControlPlane): Call => restClient(`${app.url}/api/v1`, { 'x-api-key': key }),
  IPC: ({ app }: ControlPlane): Call => openWindowDoor(app).call,
};
type Door = keyof typeof doors;

/** Calls every operation, well and badly, and returns what was answered, in order. */
async function play(door: Door) {
  await using plane = await startControlPlane();
  const call = doors[door](plane);
  const answers: { name: OperationName; reply: unknown }[] = [];
  const ask: Call = async (name, input) => {
    const reply = await call(name, input);
    answers.push({ name, reply });
    // The answer keeps to the schema of the contract.
    if (reply.ok) {
      const output: Operation['output'] = operations[name].output;
      expect(output.safeParse(reply.value).error, name).toBe(undefined);
    }
    return reply;
  };
  const made = async (reply: Promise<{ ok: boolean; value?: { id: string } | undefined }>) => (await reply).value!.id;

  const source = await made(ask('connections.create', { body: postgresBody('source') }));
  const target = await made(ask('connections.create', { body: postgresBody('target', { ssl: { mode: 'require' } }) }));
  const copy = await made(ask('connections.clone', { id: source }));
  await ask('connections.create', { body: postgresBody('source') });
  await ask('connections.create', { body: { name: 'no type' } });
  await ask('connections.list', {});
  await ask('connections.get', { id: source });
  await ask('connections.get', { id: 'conn_x' });
  await ask('connections.update', { id: copy, body: postgresBody('renamed', { password: undefined }) });
  await ask('connections.ping', { id: source });
  await ask('connections.test', { body: { url: 'mysql://u:p@h/d' } });
  await ask('connections.databases', { id: source });
  await ask('connections.createDatabase', { id: source, body: { name: 'new' } });
  await ask('connections.createSchema', { id: source, database: 'new', body: { name: 'sales' } });
  await ask('connections.tables', { id: source });
  await ask('connections.views', { id: source });
  await ask('connections.meta', { id: source, refresh: true });
  await ask('connections.preview', { id: source, table: 'odd/na me.täble', limit: 5, offset: 10 });
  await ask('connections.preview', { id: source, table: 'users', limit: 0 });
  await ask('connections.preflight', { id: source, role: 'source', mode: 'cdc' });
  plane.inspector.refuse.set('ping', new SluiceError('authentication_failed', 'The password is wrong.', { user: 'u' }));
  await ask('connections.ping', { id: source });
  await ask('connections.test', { body: postgresBody('other') });
  await ask('connections.delete', { id: copy });

  const body = { name: 'c', source, target, mode: 'convert' as const, tables: [{ name: 'users' }] };
  const config = await made(ask('streamConfigs.create', { body }));
  await ask('streamConfigs.create', { body: { ...body, name: 'd', source: 'conn_x' } });
  await ask('streamConfigs.validate', { body: { ...body, name: 'd' } });
  const clone = await made(ask('streamConfigs.clone', { id: config }));
  await ask('streamConfigs.update', {
    id: clone,
    body: { ...body, name: 'e', rules: { zeroDate: 'null' }, verify: true },
  });
  await ask('streamConfigs.get', { id: clone });
  await ask('streamConfigs.list', {});
  await ask('streamConfigs.plan', { id: config });
  await ask('streamConfigs.profile', { id: config });
  await ask('streamConfigs.delete', { id: clone });

  const stream = await made(ask('streams.start', { id: config }));
  await ask('streams.start', { id: config });
  const host = plane.hosts.last;
  const users = tableProgress('users', { rows: 3, failed: 1 });
  host.emit({ type: 'plan', tables: [users], guarantee: 'snapshot', reason: null });
  host.emit({ type: 'log', level: 'info', message: 'A line.' });
  const error = { table: 'users', columns: ['id', 'name'], values: ['1', null], message: 'no', code: '23502' };
  host.emit({ type: 'row-error', error });
  await ask('streams.get', { id: stream });
  await ask('streams.stats', { id: stream });
  await ask('streams.finish', { id: stream });
  await ask('streams.pause', { id: stream });
  await ask('streams.resume', { id: stream });
  await ask('streams.stop', { id: stream });
  await ask('streams.list', { status: 'STOPPED', limit: 10 });
  await ask('streams.logs', { id: stream, after: 0 });
  await ask('streams.errors', { id: stream, limit: 1 });
  await ask('streams.verification', { id: stream });
  await ask('streams.repair', { id: stream });
  await ask('streams.verify', { id: stream });
  await expect
    .poll(async () => JSON.stringify(await call('streams.verification', { id: stream })))
    .toContain('"equal"');
  await ask('streams.delete', { id: 'stream_x' });
  await ask('streams.delete', { id: stream });

  await ask('settings.get', {});
  await ask('settings.update', { body: { theme: 'dark', allowedHosts: ['sluice.lan'] } });
  await ask('settings.update', { body: { historyDays: -1 } });
  await ask('server.info', {});
  await ask('apiKey.get', {});
  await ask('apiKey.replace', {});
  return { answers, directory: plane.directory };
}

/** Ids, times and keys differ between two runs: each becomes its order of appearance. */
function comparable({ answers, directory }: Awaited<ReturnType<typeof play>>) {
  const names = new Map<string, string>();
  const numbered = (text: string, kind: string) => {
    if (!names.has(text)) names.set(text, `${kind}#${names.size}`);
    return names.get(text)!;
  };
  const text = JSON.stringify(answers, null, 1)
    .replaceAll(directory, 'directory')
    .replace(/(conn|config|stream)_[0-9A-Za-z]{27}/g, (id, kind: string) => numbered(id, kind))
    .replace(/sluice_[\w-]{32}/g, (key) => numbered(key, 'key'))
    .replace(/"(duration|start|at)": "[^"]+"/g, '"$1": "time"')
    .replace(/"avgRate": [\d.]+/g, '"avgRate": 0')
    .replace(/\b1\d{9}\b/g, 'seconds');
  return text.split('\n');
}

test('REST and IPC answer every operation alike', async () => {
  const [rest, ipc] = [await play('REST'), await play('IPC')];
  expect(new Set(rest.answers.map(({ name }) => name))).toEqual(new Set(operationNames));
  expect(comparable(ipc)).toEqual(comparable(rest));
});
