import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ChunkQueue } from '../../../src/main/engine/copy/chunk-queue.ts';
import type { CopyRequest } from '../../../src/main/engine/copy/copy-request.ts';

/** A table of a hundred rows that refers to `parents`. */
function table(name: string, isCreated: boolean, parents: readonly string[] = []) {
  const target = { schema: null, name };
  const foreignKeys = parents.map((parent) => ({ references: { schema: null, name: parent } }));
  const plan = { label: name, target, targetSchema: { foreignKeys }, source: { query: null } };
  const sizes = { estimatedRows: 100, estimatedBytes: 1000 };
  return {
    table: { plan: { ...plan, ...sizes }, isCreated, checksKeysAfter: false },
    chunks: null,
    mayCommitParts: true,
  };
}

test('a pipeline that waits for tables ends with the limit that leaves them out', async () => {
  const budget = { ended: false };
  const request = {
    tables: [table('a', true), table('b', true), table('child', false, ['b'])],
    rowForm: null,
    ledger: { divide: () => Promise.resolve() },
    progress: { of: () => ({}), setStatus: () => undefined },
    budget,
  };
  // What a queue asks of it, and no more.
  const queue = new ChunkQueue(request as unknown as CopyRequest, new AbortController().signal);
  const group = await queue.next();
  expect(group?.map(({ job }) => job.copy.table.plan.label)).toEqual(['a', 'b']);
  const waiting = queue.next();
  budget.ended = true;
  queue.finished(group![0]!);
  expect(await Promise.race([waiting, setImmediate('still waits')])).toBeNull();
});
