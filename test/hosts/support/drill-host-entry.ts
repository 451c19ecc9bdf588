/** The program of a host that tests ask for trouble. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorCode } from '../../../src/shared/errors/error-codes.ts';
import { SluiceError } from '../../../src/shared/errors/sluice-error.ts';
import { serveHost } from '../../../src/main/hosts/serve-host.ts';
import { drillOperations } from './drill-operations.ts';

const never = () => new Promise<never>(() => undefined);

serveHost(drillOperations, {
  echo: async ({ text }) => text,
  async wait(_input, { signal }) {
    await sleep(60_000, null, { signal }).catch(() => undefined);
    return 'cancelled in good order';
  },
  ignore: never,
  async block() {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    return null;
  },
  async count({ upTo }, { emit }) {
    for (let number = 0; number < upTo; number++) emit([number]);
    return null;
  },
  async fail({ code }) {
    if (code === null) throw new TypeError('a plain error');
    throw new SluiceError(code as ErrorCode, 'The table "x" is missing.', { table: 'x' });
  },
  throwLater() {
    setImmediate(() => {
      throw new Error('nobody catches this');
    });
    return never();
  },
  signal({ name }) {
    process.kill(process.pid, name);
    return never();
  },
  exit({ code }) {
    process.exit(code);
  },
  async fillMemory() {
    const kept: object[] = [];
    for (;;) kept.push(Array.from({ length: 10_000 }, (_, index) => ({ index })));
  },
  wrongAnswer: async () => ({ count: 'many' }) as unknown as { count: number },
  async wrongEvent(_input, { emit }) {
    emit('one' as unknown as number);
    return null;
  },
});
