/** What must not happen to those who run the tests: servers and folders that stay. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createFolder } from '../databases.ts';
import { createRunFolder, removeLeftovers, removeRunFolder } from './run-folder.ts';
import { startServer } from './server-process.ts';

/** A "server" that says that it is ready and then lives on; its folder is on its command line, as a database's is. */
const server = (name: string, folder: string, script = "console.log('ready'); setInterval(() => {}, 1000);") => ({
  name,
  program: process.execPath,
  options: ['-e', script, folder],
  folder,
  readyText: 'ready',
  stopSignal: 'SIGKILL' as const,
});

const pidOf = (folder: string, name: string) => Number(readFileSync(join(folder, `${name}.pid`), 'utf8').split(' ')[0]);

function isAlive(pid: number): boolean {
  try {
    // A dead process that its parent, which may be the system's, has not taken note of yet has no command line.
    return process.platform === 'linux' ? readFileSync(`/proc/${pid}/cmdline`).length > 0 : process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a server', () => {
  test('is gone when it was stopped', async () => {
    await using folder = await createFolder();
    const running = await startServer(server('one', folder.path));
    const pid = pidOf(folder.path, 'one');
    expect(isAlive(pid)).toBe(true);
    await running.stop();
    expect(isAlive(pid)).toBe(false);
  });

  test('that ends while it starts fails with its log', async () => {
    await using folder = await createFolder();
    const failing = server('one', folder.path, "console.error('no space left'); process.exit(3);");
    await expect(startServer(failing)).rejects.toThrow('one ended with 3: no space left');
  });

  test('whose program is not there fails', async () => {
    await using folder = await createFolder();
    await expect(startServer({ ...server('one', folder.path), program: '/no/such/program' })).rejects.toThrow('ENOENT');
  });
});

describe('leftovers', () => {
  test('of a killed run are removed with their servers', async () => {
    const module = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
    const run = `
      import { mkdirSync } from 'node:fs';
      const { createRunFolder } = await import(${module('run-folder.ts')});
      const { startServer } = await import(${module('server-process.ts')});
      const folder = createRunFolder();
      mkdirSync(folder + '/one');
      await startServer({ ...${JSON.stringify(server('one', ''))}, options: ['-e', 'console.log("ready"); setInterval(() => {}, 1000)', folder], folder: folder + '/one' });
      process.stdout.write(folder, () => process.kill(process.pid, 'SIGKILL'));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', run]);
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    await once(child, 'close');
    const folder = Buffer.concat(output).toString();
    const pid = pidOf(join(folder, 'one'), 'one');
    expect(isAlive(pid)).toBe(true);
    await removeLeftovers();
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(folder)).toBe(false);
  });

  test('are not what a running run uses', async () => {
    const folder = createRunFolder();
    mkdirSync(join(folder, 'one'));
    await removeLeftovers();
    expect(existsSync(folder)).toBe(true);
    removeRunFolder(folder);
    expect(existsSync(folder)).toBe(false);
  });
});
