/** Walks the b-tree of a table in the order of its rowids ("B-tree Pages" of https://www.sqlite.org/fileformat2.html). */
import { BinaryDoubt } from '../../../driver/binary-doubt.ts';
import type { DatabaseFile } from './database-file.ts';

/** Pages that follow each other in the file are read at once, up to so many bytes. */
const mostReadBytes = 256 * 1024;
/** SQLite's own bound (BTCURSOR_MAX_DEPTH). */
const mostLevels = 20;

const interiorPage = 5;
const leafPage = 13;

export interface LeafPage {
  readonly bytes: Buffer;
  /** Where the page begins in `bytes`. */
  readonly start: number;
}

/** Rowids, both bounds included. */
export interface RowidRange {
  readonly from: bigint;
  readonly to: bigint;
}

export const allRowids: RowidRange = { from: -(2n ** 63n), to: 2n ** 63n - 1n };

/**
 * The leaf pages that have rowids of the range, and maybe others beside them. A page is overwritten after the next one was asked for. Throws
 * BinaryDoubt for a page of another kind.
 */
export function* leafPages(file: DatabaseFile, root: number, range: RowidRange): Generator<LeafPage> {
  yield* visit(file, [root], range, 1);
}

function* visit(file: DatabaseFile, pages: readonly number[], range: RowidRange, level: number): Generator<LeafPage> {
  if (level > mostLevels) throw new BinaryDoubt('a table with too many levels');
  const { pageSize } = file;
  const most = Math.min(pages.length, Math.max(1, Math.floor(mostReadBytes / pageSize)));
  const bytes = Buffer.allocUnsafeSlow(most * pageSize);
  for (let index = 0; index < pages.length;) {
    const first = pages[index]!;
    let count = 1;
    while (count < most && pages[index + count] === first + count) count++;
    file.read(first, count, bytes);
    for (let page = 0; page < count; page++) {
      const start = page * pageSize;
      if (bytes[start] === leafPage) yield { bytes, start };
      else yield* visit(file, childrenOf(bytes, start, pageSize, range), range, level + 1);
    }
    index += count;
  }
}

/** Children of an interior page that may have rowids of the range: the one before a key has rowids up to that key. */
function childrenOf(bytes: Buffer, start: number, pageSize: number, { from, to }: RowidRange): number[] {
  if (bytes[start] !== interiorPage) throw new BinaryDoubt('a page that is not of a table');
  const cells = bytes.readUInt16BE(start + 3);
  if (12 + cells * 2 > pageSize) throw new BinaryDoubt('a page with too many cells');
  const children: number[] = [];
  for (let cell = 0; cell < cells; cell++) {
    const at = bytes.readUInt16BE(start + 12 + cell * 2);
    if (at + 5 > pageSize) throw new BinaryDoubt('a cell beyond its page');
    const key = rowidAt(bytes, start + at + 4);
    if (key < from) continue;
    children.push(bytes.readUInt32BE(start + at));
    if (key >= to) return children;
  }
  children.push(bytes.readUInt32BE(start + 8));
  return children;
}

/** A varint of 64 bits with sign. */
function rowidAt(bytes: Buffer, at: number): bigint {
  let value = 0n;
  for (let index = 0; index < 8; index++) {
    const byte = bytes[at + index]!;
    value = (value << 7n) | BigInt(byte & 0x7f);
    if (byte < 0x80) return value;
  }
  return BigInt.asIntN(64, (value << 8n) | BigInt(bytes[at + 8] ?? 0));
}
