/** Sums of two sides with rows left out that are equal byte for byte, against sums of all rows. */
import { describe, expect, it } from 'vitest';
import type { TableReader } from '../../../src/main/engine/driver/driver.ts';
import type { NeutralType } from '../../../src/main/engine/model/neutral-type.ts';
import type { TablePlan } from '../../../src/main/engine/model/table-plan.ts';
import { BucketSums } from '../../../src/main/engine/verify/bucket-sums.ts';
import { RowHasher } from '../../../src/main/engine/verify/row-hasher.ts';
import { RowStream } from '../../../src/main/engine/verify/row-stream.ts';
import { sumBoth } from '../../../src/main/engine/verify/sum-both.ts';

const wires: NeutralType[] = [
  { kind: 'integer', bits: 32, unsigned: false },
  { kind: 'text', length: null, fixed: false, ignoresCase: false },
  { kind: 'decimal', precision: null, scale: null },
];
const buckets = 4096;

/** mulberry32: the same numbers at every run. */
function randomNumbers(seed: number): (below: number) => number {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Gives `text` in pieces, cut anywhere. */
function readerOf(text: string, random: (below: number) => number): TableReader {
  return {
    async *read() {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length;) {
        const piece = bytes.subarray(at, at + 1 + random(300_000));
        yield { bytes: piece, rows: piece.toString('latin1').split('\n').length - 1 };
        at += piece.length;
      }
    },
  };
}

async function sums(left: readonly string[], right: readonly string[], skipsEqual: boolean, seed = 1) {
  const random = randomNumbers(seed);
  // What a plan holds beside is for real readers.
  const plan = {} as TablePlan;
  const side = (rows: readonly string[]) => ({
    stream: new RowStream(
      { reader: readerOf(rows.map((row) => `${row}\n`).join(''), random), plan },
      null,
      () => undefined,
    ),
    sums: new BucketSums(buckets),
  });
  const [one, other] = [side(left), side(right)];
  const hasher = new RowHasher(
    wires.map((wire) => ({ wire, source: { type: wire }, target: { type: wire } })),
    [0],
  );
  await sumBoth(one, other, hasher, skipsEqual);
  return {
    differing: [...one.sums.differing(other.sums)].toSorted((a, b) => a - b),
    rows: [one.stream.rows, other.stream.rows],
    hashed: [one.sums.checksum().rows, other.sums.checksum().rows],
  };
}

const tableOf = (rows: number) =>
  Array.from({ length: rows }, (_, id) => `${id}\tname ${id} ${'x'.repeat(id % 50)}\t${id}.50`);

describe('sums of both sides', () => {
  it('are of no rows where both are the same bytes, however they arrive', async () => {
    const rows = tableOf(20_000);
    expect(await sums(rows, rows, true)).toEqual({ differing: [], rows: [20_000, 20_000], hashed: [0, 0] });
    expect((await sums(rows, rows, false)).hashed).toEqual([20_000, 20_000]);
  });

  it('find a changed row, of another length too, and hash few rows around it', async () => {
    const rows = tableOf(20_000);
    for (const changed of ['15000\tnamf', '15000\tname and more of it']) {
      const found = await sums(rows, rows.with(15_000, `${changed}\t1`), true);
      expect(found.differing).toHaveLength(1);
      expect(Math.max(...found.hashed)).toBeLessThan(5_000);
    }
  });

  it('take rows for equal whose values are', async () => {
    const rows = tableOf(2_000);
    const same = rows.map((row) => row.replace(/\.50$/, '.5'));
    expect(await sums(rows, same, true)).toEqual({ differing: [], rows: [2_000, 2_000], hashed: [2_000, 2_000] });
  });

  it('take rows longer than what is compared at once, and tables that end early', async () => {
    const rows = [...tableOf(10), `10\t${'y'.repeat(200_000)}\t1`, ...tableOf(5_000).slice(11)];
    expect((await sums(rows, rows, true)).differing).toEqual([]);
    const changed = rows.with(10, `10\t${'y'.repeat(199_999)}z\t1`);
    expect((await sums(rows, changed, true)).differing).toHaveLength(1);
    expect((await sums(rows, rows.slice(0, -1), true)).differing).toHaveLength(1);
    expect((await sums([], rows.slice(0, 3), true)).differing).toHaveLength(3);
    expect(await sums([], [], true)).toEqual({ differing: [], rows: [0, 0], hashed: [0, 0] });
  });

  it('tell the same differences as sums of all rows do, whatever is changed, missing, more or moved', async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = randomNumbers(seed);
      const left = tableOf(3_000 + random(5_000));
      const right = [...left];
      for (let edit = random(6); edit > 0; edit--) {
        const place = random(right.length);
        const what = random(4);
        if (what === 0) right[place] = `${place}\tchanged ${seed}\t1`;
        else if (what === 1) right.splice(place, 1);
        else if (what === 2) right.splice(place, 0, `${100_000 + edit}\tmore\t1`);
        else right.push(...right.splice(place, 1 + random(500)));
      }
      const [all, some] = [await sums(left, right, false, seed), await sums(left, right, true, seed)];
      expect(some.differing, `seed ${seed}`).toEqual(all.differing);
      expect(some.rows).toEqual([left.length, right.length]);
    }
  });
});
