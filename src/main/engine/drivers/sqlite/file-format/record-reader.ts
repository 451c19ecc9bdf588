/** Records in the cells of leaf pages. Formats: https://www.sqlite.org/fileformat2.html, 1.6 and 2.1. */
import { BinaryDoubt } from '../../../driver/binary-doubt.ts';
import type { DatabaseFile } from './database-file.ts';
import { lengthOf } from './stored-value.ts';
import type { LeafPage, RowidRange } from './table-walk.ts';

/** Rows longer than this are left to SQL, which reads them in pieces. */
const largestRowBytes = 1024 ** 2;

export class RecordReader {
  /** Of the last record: its bytes, the serial types of its `count` values, and where each begins. */
  source: Buffer = Buffer.alloc(0);
  count = 0;
  readonly serials: Float64Array;
  readonly starts: Float64Array;
  /** The last record's rowid in eight bytes, as a value of serial type 6. */
  readonly rowid: Buffer = Buffer.alloc(8);
  readonly #rowidView = new DataView(this.rowid.buffer, this.rowid.byteOffset);
  readonly #file: DatabaseFile;
  readonly #from: RowidHalves;
  readonly #to: RowidHalves;
  /** The rowid as two numbers, the upper one with sign. */
  #high = -Infinity;
  #low = 0;
  /** Where the varint that was read last ended. */
  #end = 0;
  /** Bytes of a record that goes on in overflow pages, and one such page. */
  #gathered: Buffer = Buffer.alloc(0);
  #overflow: Buffer = Buffer.alloc(0);

  /** `stored`: how many columns the table's records have at most. */
  constructor(file: DatabaseFile, stored: number, range: RowidRange) {
    this.#file = file;
    this.#from = halvesOf(range.from);
    this.#to = halvesOf(range.to);
    this.serials = new Float64Array(stored);
    this.starts = new Float64Array(stored);
  }

  /** Calls `take` for each row of a page that is in the range, with the number of its bytes. Throws BinaryDoubt. */
  read({ bytes, start }: LeafPage, take: (length: number) => void): void {
    const { pageSize, usableSize } = this.#file;
    const cells = (bytes[start + 3]! << 8) | bytes[start + 4]!;
    if (8 + cells * 2 > pageSize) throw new BinaryDoubt('a page with too many cells');
    for (let cell = 0; cell < cells; cell++) {
      const pointer = start + 8 + cell * 2;
      const length = this.#varint(bytes, start + ((bytes[pointer]! << 8) | bytes[pointer + 1]!));
      this.#readRowid(bytes, this.#end);
      const begin = this.#end;
      if (!this.#isInRange()) continue;
      const local = localBytes(length, usableSize);
      if (begin + local > start + pageSize) throw new BinaryDoubt('a cell beyond its page');
      if (local === length) this.#readRecord(bytes, begin, length);
      else this.#readRecord(this.#gather(bytes, begin, local, length), 0, length);
      take(length);
    }
  }

  #readRecord(source: Buffer, begin: number, length: number): void {
    const headerEnd = begin + this.#varint(source, begin);
    const { serials, starts } = this;
    let count = 0;
    let start = headerEnd;
    let at = this.#end;
    while (at < headerEnd) {
      if (count === serials.length) throw new BinaryDoubt('a record with more values than columns');
      let serial = source[at++]!;
      if (serial > 0x7f) {
        serial = this.#varint(source, at - 1);
        at = this.#end;
      }
      serials[count] = serial;
      starts[count++] = start;
      start += lengthOf(serial);
    }
    if (at !== headerEnd || start !== begin + length)
      throw new BinaryDoubt('a record of another length than its values');
    this.source = source;
    this.count = count;
  }

  /** A varint of at most 35 bits. */
  #varint(source: Buffer, at: number): number {
    let value = 0;
    for (let index = 0; index < 5; index++) {
      const byte = source[at + index]!;
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) {
        this.#end = at + index + 1;
        return value;
      }
    }
    throw new BinaryDoubt('a length that no value has');
  }

  /** A varint of 64 bits: seven in each byte, eight in the ninth. Rowids of a table grow. */
  #readRowid(source: Buffer, at: number): void {
    let high = 0;
    let low = 0;
    for (let index = 0; ; index++) {
      const byte = source[at + index]!;
      const bits = index === 8 ? 8 : 7;
      high = (high << bits) | (low >>> (32 - bits));
      low = (low << bits) | (index === 8 ? byte : byte & 0x7f);
      if (index < 8 && byte >= 0x80) continue;
      this.#end = at + index + 1;
      break;
    }
    low >>>= 0;
    if (high < this.#high || (high === this.#high && low <= this.#low)) throw new BinaryDoubt('a rowid out of order');
    this.#high = high;
    this.#low = low;
    this.#rowidView.setInt32(0, high);
    this.#rowidView.setInt32(4, low);
  }

  #isInRange(): boolean {
    const high = this.#high;
    const from = this.#from;
    const to = this.#to;
    return (
      (high > from.high || (high === from.high && this.#low >= from.low)) &&
      (high < to.high || (high === to.high && this.#low <= to.low))
    );
  }

  /** The whole record, of which `local` bytes and the number of the first overflow page are in the cell. */
  #gather(bytes: Buffer, begin: number, local: number, length: number): Buffer {
    if (length > largestRowBytes) throw new BinaryDoubt('a row that is too large to hold');
    const { pageSize, usableSize } = this.#file;
    if (this.#gathered.length < length) this.#gathered = Buffer.allocUnsafeSlow(Math.min(largestRowBytes, length * 2));
    if (this.#overflow.length === 0) this.#overflow = Buffer.allocUnsafeSlow(pageSize);
    bytes.copy(this.#gathered, 0, begin, begin + local);
    let next = bytes.readUInt32BE(begin + local);
    for (let done = local; done < length;) {
      this.#file.read(next, 1, this.#overflow);
      next = this.#overflow.readUInt32BE(0);
      done += this.#overflow.copy(this.#gathered, done, 4, Math.min(usableSize, 4 + length - done));
    }
    return this.#gathered;
  }
}

/** The upper 32 bits of a rowid with sign, and the lower ones without. */
interface RowidHalves {
  readonly high: number;
  readonly low: number;
}

const halvesOf = (rowid: bigint): RowidHalves => ({ high: Number(rowid >> 32n), low: Number(rowid & 0xffffffffn) });

/** How many bytes of a table's record are in its cell ("Cell Payload Overflow Pages" of the file format). */
function localBytes(length: number, usable: number): number {
  const most = usable - 35;
  if (length <= most) return length;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const filled = least + ((length - least) % (usable - 4));
  return filled <= most ? filled : least;
}
