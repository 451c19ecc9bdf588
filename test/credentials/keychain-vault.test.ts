import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { describePrograms } from '../support/needs.ts';
import { comesTrue, isAlive } from '../hosts/support/processes.ts';

const script = fileURLToPath(new URL('./support/with-keyring.sh', import.meta.url));
const drill = fileURLToPath(new URL('./support/vault-drill.ts', import.meta.url));

interface DrillLine {
  readonly step: string;
  readonly answer?: string | null;
  readonly error?: { readonly code: string; readonly message: string };
  readonly seconds?: number;
  readonly kind: 'keychain' | 'session';
  readonly finding: string | null;
  readonly pids: readonly (number | null)[];
}

interface DrillRun {
  readonly lines: readonly DrillLine[];
  readonly exitCode: number | null;
  readonly seconds: number;
  readonly errors: string;
}

/** Runs a command and the drill's lines out of what it printed. */
function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<DrillRun> {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = execFile(program, args, { env, timeout: 25_000, killSignal: 'SIGKILL' }, (_error, output, errors) => {
      const lines = output
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as DrillLine);
      resolve({ lines, exitCode: child.exitCode, seconds: (performance.now() - started) / 1000, errors });
    });
  });
}

type KeyringState = 'unlocked' | 'locked' | 'frozen';

const runInSession = (state: KeyringState, timeoutMs: number, ...steps: string[]) =>
  run('bash', [script, state, process.execPath, drill, String(timeoutMs), ...steps]);

describePrograms('a real Secret Service', ['dbus-run-session', 'gnome-keyring-daemon', 'dbus-send'], () => {
  test('keeps, replaces and removes secrets, exactly', async () => {
    const secret = 'pä$$ "word" \\ \u{1f511} \n end';
    const { lines, errors } = await runInSession(
      'unlocked',
      5_000,
      'get:a',
      `set:a:${encodeURIComponent(secret)}`,
      'get:a',
      'set:a:second',
      'get:a',
      'get:b',
      'delete:a',
      'get:a',
      'delete:a',
    );
    expect(
      lines.map(({ step, answer }) => [step.split(':')[0], answer]),
      errors,
    ).toEqual([
      ['get', null],
      ['set', null],
      ['get', secret],
      ['set', null],
      ['get', 'second'],
      ['get', null],
      ['delete', null],
      ['get', null],
      ['delete', null],
    ]);
    expect(lines.at(-1)).toMatchObject({ kind: 'keychain', finding: null });
  });

  test('an empty, a long one and one with NUL come back as they were', async () => {
    const secrets = ['', 'k'.repeat(7_000) + 'é', 'a\0b', 'sluice-parts:00:0'];
    const steps = secrets.flatMap((secret) => [`set:x:${encodeURIComponent(secret)}`, 'get:x']);
    const { lines, errors } = await runInSession('unlocked', 5_000, ...steps, 'delete:x', 'get:x');
    const answers = lines.filter(({ step }) => step === 'get:x').map(({ answer }) => answer);
    expect(answers, errors).toEqual([...secrets, null]);
  });

  test('is not opened before it is needed', async () => {
    const { lines } = await runInSession('unlocked', 5_000, 'look');
    expect(lines).toEqual([{ step: 'look', answer: null, kind: 'keychain', finding: null, pids: [] }]);
  });

  test('locked: every call says so instead of finding nothing', async () => {
    const { lines, errors } = await runInSession('locked', 5_000, 'get:a', 'set:a:x', 'delete:a');
    expect(
      lines.map(({ error }) => error?.code),
      errors,
    ).toEqual(Array(3).fill('keychain_failed'));
    expect(lines[0]!.error!.message).toMatch(/locked/);
    expect(lines.at(-1)).toMatchObject({ kind: 'keychain', finding: null });
  });

  test('never answering: calls fail in time and their process is killed', async () => {
    const { lines, errors } = await runInSession('frozen', 1_000, 'get:a', 'set:a:x', 'look');
    expect(
      lines.map(({ error }) => error?.code),
      errors,
    ).toEqual(['keychain_failed', 'keychain_failed', undefined]);
    expect(lines[0]!.error!.message).toBe(
      'The keychain of this computer did not answer within 1 seconds. Unlock it, then try again.',
    );
    for (const { seconds } of lines.slice(0, 2)) expect(seconds).toBeLessThan(3);
    expect(lines.at(-1)!.pids).toHaveLength(2);
  });

  test('never answering: the exit of the app does not wait, and no process stays', async () => {
    const { lines, exitCode, seconds, errors } = await runInSession('frozen', 20_000, 'leave');
    expect(exitCode, errors).toBe(3);
    expect(seconds).toBeLessThan(8);
    const pid = lines[0]!.pids[0]!;
    expect(await comesTrue(() => !isAlive(pid), 2_000)).toBe(true);
  });
});

describe('without a keychain', () => {
  const { PATH, HOME } = process.env;

  test('no desktop session: memory, known at once', async () => {
    const environment = { PATH, HOME };
    const { lines } = await run(
      process.execPath,
      [drill, '5000', 'look', 'set:a:x', 'get:a', 'delete:a', 'get:a'],
      environment,
    );
    expect(lines[0]).toMatchObject({ kind: 'session', finding: 'no_keychain', pids: [] });
    expect(lines.map(({ answer }) => answer)).toEqual([null, null, 'x', null, null]);
  });

  test('a session without Secret Service: memory after the first call', async () => {
    const environment = { PATH, HOME, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' };
    const { lines } = await run(process.execPath, [drill, '5000', 'look', 'set:a:x', 'get:a'], environment);
    expect(lines.map(({ kind }) => kind)).toEqual(['keychain', 'session', 'session']);
    expect(lines.at(-1)).toMatchObject({ answer: 'x', finding: 'no_keychain' });
  });
});
