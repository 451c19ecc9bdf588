/** Refused rows as JSON lines: a file for each run, made at the first one and readable by its owner only. */
import { appendFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RowError } from '../../shared/model/run-event.ts';
import { makeDataDirectory } from './data-directory.ts';

export class RejectFile {
  readonly #folder: string;
  readonly #path: string;
  #isMade = false;

  /** `folder`: absolute, made with the file. */
  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#path = join(folder, name);
  }

  /** null: no row was refused. */
  get path(): string | null {
    return existsSync(this.#path) ? this.#path : null;
  }

  add(error: RowError): void {
    if (!this.#isMade) makeDataDirectory(this.#folder);
    this.#isMade = true;
    appendFileSync(this.#path, `${JSON.stringify(error)}\n`, { mode: 0o600 });
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }
}

/** Of a stream of the server: it goes with the stream. In a folder of its own, where commands do not look for old files. */
export const streamRejectFile = (dataDirectory: string, streamId: string) =>
  new RejectFile(join(dataDirectory, 'rejects', 'streams'), `${streamId}.ndjson`);
