/** Run by tests inside a desktop session: does to a vault what its arguments say and prints a line of JSON for each step. */
import { childProcessFactory } from '../../../src/main/hosts/child-process-factory.ts';
import type { HostProcess, ProcessFactory } from '../../../src/main/hosts/host-process.ts';
import { findVault } from '../../../src/main/credentials/find-vault.ts';
import { SluiceError } from '../../../src/shared/errors/sluice-error.ts';

const [timeoutMs, ...steps] = process.argv.slice(2);
const children: HostProcess[] = [];
const real = childProcessFactory();
const processes: ProcessFactory = {
  ...real,
  fork(...launch) {
    const child = real.fork(...launch);
    children.push(child);
    return child;
  },
};
const vault = findVault({
  processes,
  entry: new URL('../../../src/main/hosts/keychain-host-entry.ts', import.meta.url),
  environment: process.env,
  timeoutMs: Number(timeoutMs),
});

function print(step: string, answer: object): void {
  const { kind, finding } = vault;
  const pids = children.map(({ pid }) => pid);
  console.log(JSON.stringify({ step, ...answer, kind, finding: finding?.code ?? null, pids }));
}

/** `get:account`, `set:account:secret`, `delete:account`, `look` (nothing), `leave` (exit while a call is under way). */
for (const step of steps) {
  const [command, account = '', secret = ''] = step.split(':');
  const started = performance.now();
  try {
    if (command === 'leave') {
      void vault.get('any');
      // The child is at its call by then.
      await new Promise((resolve) => setTimeout(resolve, 500));
      print(step, {});
      process.exit(3);
    }
    const answer =
      command === 'get'
        ? await vault.get(account)
        : command === 'set'
          ? await vault.set(account, decodeURIComponent(secret))
          : command === 'delete'
            ? await vault.delete(account)
            : undefined;
    print(step, { answer: answer ?? null });
  } catch (error) {
    const seconds = (performance.now() - started) / 1000;
    print(step, { error: SluiceError.from(error).toData(), seconds });
  }
}
