/** The window's and the headless platform on real processes: what they start is gone when they close. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { hostedParts } from '../src/main/hosted-parts.ts';
import { childProcessFactory } from '../src/main/hosts/child-process-factory.ts';
import { hostEntriesOf, type HostProcess, type ProcessFactory } from '../src/main/hosts/host-process.ts';
import { isAlive } from './hosts/support/processes.ts';
import { createFolder } from './support/databases.ts';

const entries = hostEntriesOf(new URL('../src/main/cli.ts', import.meta.url).href);

/** Node's child processes, and a list of them. */
function watchedProcesses() {
  const made: HostProcess[] = [];
  const factory = childProcessFactory();
  const processes: ProcessFactory = {
    ...factory,
    fork(...launch) {
      const child = factory.fork(...launch);
      made.push(child);
      return child;
    },
  };
  return { made, processes };
}

test('entries of a built program lie beside it, those of an unbuilt one in hosts/', () => {
  expect(hostEntriesOf('file:///app/out/main/index.js').stream.href).toBe('file:///app/out/main/stream-host-entry.js');
  expect(hostEntriesOf('file:///src/main/index.ts').keychain.href).toBe(
    'file:///src/main/hosts/keychain-host-entry.ts',
  );
});

test('an inspector at work is ended', async () => {
  await using folder = await createFolder();
  const path = join(folder.path, 'a.sqlite');
  using database = new DatabaseSync(path);
  database.exec('CREATE TABLE a (id INTEGER PRIMARY KEY)');
  const { made, processes } = watchedProcesses();
  const parts = hostedParts(processes, entries, process.env);
  const call = { timeoutMs: 20_000, signal: new AbortController().signal };
  expect(await parts.inspector.tables({ kind: 'sqlite', path }, call)).toEqual(['a']);
  const pid = made[0]!.pid!;
  expect(isAlive(pid)).toBe(true);
  await parts.closeHosts();
  await expect.poll(() => isAlive(pid)).toBe(false);
});
