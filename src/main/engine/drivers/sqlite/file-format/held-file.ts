/**
 * Descriptors of database files that we read ourselves. To close any descriptor of a file takes away all locks that the process
 * has on it, those of SQLite's connections too (https://www.sqlite.org/howtocorrupt.html, 2.2): ours stay open until the last
 * session with that file has closed its connections.
 */
import { closeSync, fstatSync, openSync } from 'node:fs';
import { fileIdentity } from '../sqlite-connection.ts';

interface Held {
  sessions: number;
  descriptor: number | null;
}

const held = new Map<string, Held>();

export class HeldFile implements Disposable {
  readonly #path: string;
  readonly #identity: string;
  readonly #held: Held;
  #isReleased = false;

  /** Of a session that has the file open, until the session has closed its last connection to it. */
  constructor(path: string, identity: string) {
    this.#path = path;
    this.#identity = identity;
    this.#held = held.get(identity) ?? { sessions: 0, descriptor: null };
    this.#held.sessions++;
    held.set(identity, this.#held);
  }

  /** For reading. null: the path is that of another file now, or cannot be opened. */
  descriptor(): number | null {
    this.#held.descriptor ??= this.#open();
    return this.#held.descriptor;
  }

  [Symbol.dispose](): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    if (--this.#held.sessions > 0) return;
    held.delete(this.#identity);
    if (this.#held.descriptor !== null) closeSync(this.#held.descriptor);
  }

  #open(): number | null {
    let descriptor: number;
    try {
      descriptor = openSync(this.#path, 'r');
    } catch {
      return null;
    }
    if (fileIdentity(fstatSync(descriptor, { bigint: true })) === this.#identity) return descriptor;
    // Of a file that no session has open.
    closeSync(descriptor);
    return null;
  }
}
