/** Refused rows as JSON lines: a file for each run, made at the first one and readable by its owner only. */
import { accessSync, appendFileSync, constants, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RowError } from '../../shared/model/run-event.ts';
import { makeDataDirectory } from './data-directory.ts';
import { fileError } from './file-error.ts';

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

  /** Throws `data_file_failed` where no file could be made, so that nothing need be refused to find out. Makes the folder. */
  prepare(): void {
    makeDataDirectory(this.#folder);
    try {
      accessSync(this.#folder, constants.W_OK);
    } catch (error) {
      throw fileError(`Refused rows cannot be kept in ${this.#folder}`, this.#folder, error);
    }
  }

  /** Throws `data_file_failed` or `disk_full`. */
  add(error: RowError): void {
    if (!this.#isMade) makeDataDirectory(this.#folder);
    this.#isMade = true;
    try {
      appendFileSync(this.#path, `${JSON.stringify(error)}\n`, { mode: 0o600 });
    } catch (thrown) {
      throw fileError(`A refused row cannot be kept in ${this.#path}`, this.#path, thrown);
    }
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }
}

/** Of a stream of the server: it goes with the stream. In a folder of its own, where commands do not look for old files. */
export const streamRejectFile = (dataDirectory: string, streamId: string) =>
  new RejectFile(join(dataDirectory, 'rejects', 'streams'), `${streamId}.ndjson`);
