import { describe, expect, it } from 'vitest';
import { cutUnits, unitBuffers } from '../../../src/main/engine/copy/cut-units.ts';
import { releaseUnit } from '../../../src/main/engine/copy/load-unit.ts';
import { readAhead } from '../../../src/main/engine/copy/read-ahead.ts';
import type { LoadUnit, RowBundle } from '../../../src/main/engine/model/row-bundle.ts';

/** `text` as bundles of `size` bytes, cut anywhere, with the rows that end in each. */
async function* bundlesOf(text: string, size: number): AsyncGenerator<RowBundle> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) {
    const part = Buffer.from(bytes.subarray(at, at + size));
    yield { bytes: part, rows: part.filter((byte) => byte === 10).length };
    // A reader may use its buffer again once it is asked for more.
    part.fill('?');
  }
}

async function textOf(unit: LoadUnit): Promise<string> {
  if (unit.kind === 'held') return unit.bytes.toString();
  const parts: Buffer[] = [];
  for await (const bytes of unit.bytes) parts.push(bytes);
  return Buffer.concat(parts).toString();
}

const rows = ['1\tone', '2\t' + 'long '.repeat(30), '3\t\\N', '4\t' + 'x'.repeat(300), '5\t', '6\tsix'];
const text = rows.map((row) => `${row}\n`).join('');

describe('cutUnits', () => {
  for (const size of [1, 2, 7, 64, 10_000]) {
    it(`yields every row once, in whole rows, from bundles of ${size} bytes`, async () => {
      const limits = { unitBytes: 40, heldRowBytes: 100 };
      const seen: string[] = [];
      let counted = 0;
      for await (const unit of readAhead(cutUnits(bundlesOf(text, size), unitBuffers(limits), limits))) {
        const part = await textOf(unit);
        expect(part.endsWith('\n')).toBe(true);
        expect(part.split('\n').length - 1).toBe(unit.rows);
        counted += unit.rows;
        seen.push(part);
        await releaseUnit(unit);
      }
      expect(seen.join('')).toBe(text);
      expect(counted).toBe(rows.length);
    });
  }

  it('streams a row that is too long to hold, and only that row', async () => {
    const kinds: string[] = [];
    for await (const unit of cutUnits(bundlesOf(text, 16), undefined, { unitBytes: 40, heldRowBytes: 200 })) {
      kinds.push(`${unit.kind}:${(await textOf(unit))[0]}`);
    }
    expect(kinds).toContain('streamed:4');
    expect(kinds.filter((kind) => kind.startsWith('streamed'))).toHaveLength(1);
  });

  it('passes over what the consumer leaves of a streamed row', async () => {
    const seen: string[] = [];
    for await (const unit of cutUnits(bundlesOf(text, 16), undefined, { unitBytes: 40, heldRowBytes: 200 })) {
      if (unit.kind === 'held') seen.push(unit.bytes.toString());
      else await unit.bytes[Symbol.asyncIterator]().return?.();
    }
    expect(seen.join('')).toBe(text.replace(`${rows[3]}\n`, ''));
  });

  it('closes the reader when the consumer stops early', async () => {
    let closed = false;
    async function* source() {
      try {
        for (;;) yield { bytes: Buffer.from('1\n'), rows: 1 };
      } finally {
        closed = true;
      }
    }
    for await (const unit of readAhead(cutUnits(source(), undefined, { unitBytes: 10, heldRowBytes: 100 }))) {
      expect(unit.rows).toBeGreaterThan(0);
      break;
    }
    expect(closed).toBe(true);
  });
});

describe('readAhead', () => {
  it('pulls one item ahead and passes an error on in its place', async () => {
    const pulled: number[] = [];
    async function* source() {
      for (let item = 1; item <= 3; item++) {
        pulled.push(item);
        yield item;
      }
      throw new Error('the end is broken');
    }
    const seen: number[] = [];
    const reading = async () => {
      for await (const item of readAhead(source())) {
        await Promise.resolve();
        seen.push(item);
        if (item === 1) expect(pulled).toEqual([1, 2]);
      }
    };
    await expect(reading()).rejects.toThrow('the end is broken');
    expect(seen).toEqual([1, 2, 3]);
  });
});
