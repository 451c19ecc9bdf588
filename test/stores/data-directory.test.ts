import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockDataDirectory } from '../../src/main/stores/data-directory-lock.ts';
import { dataDirectoryPath, makeDataDirectory } from '../../src/main/stores/data-directory.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-directory-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('where it is', () => {
  const surroundings = (platform: NodeJS.Platform, environment: Record<string, string> = {}) => ({
    platform,
    environment,
    home: '/home/ann',
  });

  test('the option, then the variable, then the place of the platform', () => {
    const set = surroundings('linux', { SLUICE_DATA_DIR: '/var/sluice', XDG_DATA_HOME: '/xdg' });
    expect(dataDirectoryPath('here', set)).toBe(resolve('here'));
    expect(dataDirectoryPath(undefined, set)).toBe('/var/sluice');
    expect(dataDirectoryPath(undefined, surroundings('linux', { XDG_DATA_HOME: '/xdg' }))).toBe('/xdg/sluice');
    expect(dataDirectoryPath(undefined, surroundings('linux'))).toBe('/home/ann/.local/share/sluice');
    expect(dataDirectoryPath(undefined, surroundings('darwin'))).toBe('/home/ann/Library/Application Support/sluice');
    expect(dataDirectoryPath(undefined, surroundings('win32', { LOCALAPPDATA: '/local' }))).toBe('/local/sluice/Data');
  });

  test('it is made for its owner alone', () => {
    const path = join(directory, 'a', 'b');
    makeDataDirectory(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  test('what cannot be made says so', () => {
    const message = expect.stringMatching(/^The data directory \/dev\/null\/x cannot be made: E[A-Z]+: [^:]*\.$/);
    expect(() => makeDataDirectory('/dev/null/x')).toThrow(
      expect.objectContaining({ code: 'data_file_failed', message }),
    );
  });

  test.runIf(process.platform === 'linux')('where there is no folder to be made, it does not try for ever', () => {
    const message = expect.stringMatching(/^The data directory \/proc\/sluice\/data cannot be made: ENOENT: /);
    expect(() => makeDataDirectory('/proc/sluice/data')).toThrow(
      expect.objectContaining({ code: 'data_file_failed', message }),
    );
  });

  test('one that is there keeps its mode, and what is written there is for its owner alone', () => {
    chmodSync(directory, 0o755);
    makeDataDirectory(directory);
    expect(statSync(directory).mode & 0o777).toBe(0o755);
    lockDataDirectory(directory).release();
    for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o077).toBe(0);
  });
});

describe('the lock', () => {
  const refusal = (pid: number) =>
    expect.objectContaining({ code: 'data_directory_in_use', message: expect.stringContaining(`(process ${pid})`) });

  test('is for one, and free again when it is released', () => {
    const lock = lockDataDirectory(directory);
    expect(() => lockDataDirectory(directory)).toThrow(refusal(process.pid));
    lock.release();
    lock.release();
    lockDataDirectory(directory).release();
  });

  test('is made anew when its file is damaged', () => {
    writeFileSync(join(directory, 'lock.sqlite'), 'no database, but long enough to be looked at as one'.repeat(50));
    const lock = lockDataDirectory(directory);
    expect(() => lockDataDirectory(directory)).toThrow(refusal(process.pid));
    lock.release();
  });

  test('that cannot be had names the directory', () => {
    mkdirSync(join(directory, 'lock.sqlite'));
    const message = expect.stringContaining(`The data directory ${directory} cannot be used: EISDIR`);
    expect(() => lockDataDirectory(directory)).toThrow(expect.objectContaining({ code: 'data_file_failed', message }));
  });

  test('holds against another process and dies with it, however it ends', async () => {
    const module = resolve('src/main/stores/data-directory-lock.ts');
    const script = `
      const { lockDataDirectory } = await import(${JSON.stringify(module)});
      globalThis.lock = lockDataDirectory(${JSON.stringify(directory)});
      console.log('locked');
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    await once(child.stdout, 'data');
    expect(() => lockDataDirectory(directory)).toThrow(refusal(child.pid!));
    child.kill('SIGKILL');
    await once(child, 'exit');
    lockDataDirectory(directory).release();
    expect(readdirSync(directory)).toContain('lock.sqlite');
  });
});
