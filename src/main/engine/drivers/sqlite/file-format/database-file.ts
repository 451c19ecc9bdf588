/** Pages of a database file as they are on the disk (https://www.sqlite.org/fileformat2.html). */
import { readSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { BinaryDoubt } from '../../../driver/binary-doubt.ts';
import { walPath } from '../sqlite-connection.ts';
import type { HeldFile } from './held-file.ts';

const headerBytes = 100;
const utf8 = 1;

export class DatabaseFile {
  readonly pageSize: number;
  /** Bytes of a page that SQLite uses; extensions may reserve some at its end. */
  readonly usableSize: number;
  readonly #descriptor: number;

  /**
   * The file as the read transaction of `database` sees it; null where it is not to be read so. With a rollback journal the transaction's
   * shared lock keeps every other process from writing to it. In WAL mode writers append to the WAL, and a checkpoint does not write
   * to the file under a reader that began when the WAL was empty (https://www.sqlite.org/wal.html, "Checkpointing"); under
   * one that began later the WAL has pages that are not in the file.
   */
  static open(database: DatabaseSync, path: string, held: HeldFile): DatabaseFile | null {
    if (!database.isTransaction) return null;
    const descriptor = held.descriptor();
    if (descriptor === null) return null;
    const header = readHeader(descriptor);
    if (!header) return null;
    const isKnown = header.toString('latin1', 0, 16) === 'SQLite format 3\0' && header[19]! <= 2;
    const isWal = header[19] === 2;
    const hasWal = (statSync(walPath(path), { throwIfNoEntry: false })?.size ?? 0) > 0;
    if (!isKnown || header.readUInt32BE(56) !== utf8 || (isWal && hasWal)) return null;
    return new DatabaseFile(descriptor, header);
  }

  private constructor(descriptor: number, header: Buffer) {
    this.#descriptor = descriptor;
    const size = header.readUInt16BE(16);
    this.pageSize = size === 1 ? 65_536 : size;
    this.usableSize = this.pageSize - header[20]!;
  }

  /** Reads `count` pages from number `first` (from 1) into the start of `buffer`. Throws BinaryDoubt where that fails: SQLite tells why. */
  read(first: number, count: number, buffer: Buffer): void {
    const bytes = count * this.pageSize;
    const position = (first - 1) * this.pageSize;
    for (let done = 0; done < bytes;) {
      const read = first < 1 ? 0 : this.#readAt(buffer, done, bytes - done, position + done);
      if (read === 0) throw new BinaryDoubt('a page that is not in the file');
      done += read;
    }
  }

  #readAt(buffer: Buffer, offset: number, bytes: number, position: number): number {
    try {
      return readSync(this.#descriptor, buffer, offset, bytes, position);
    } catch (error) {
      throw new BinaryDoubt('a page that cannot be read', { cause: error });
    }
  }
}

/** null: the file is shorter, or cannot be read. */
function readHeader(descriptor: number): Buffer | null {
  const header = Buffer.alloc(headerBytes);
  try {
    return readSync(descriptor, header, 0, headerBytes, 0) === headerBytes ? header : null;
  } catch {
    return null;
  }
}
