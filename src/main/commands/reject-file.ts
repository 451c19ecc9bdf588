/** Refused rows as JSON lines in a file of the run, made at the first one and readable by its owner only. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { RowError } from '../../shared/model/run-event.ts';
import { dataDirectoryPath, makeDataDirectory } from '../stores/data-directory.ts';
import type { CommandContext } from './command-context.ts';
import { removeOldFiles } from './remove-old-files.ts';

export class RejectFile implements Disposable {
  readonly #dataDirectory: string;
  readonly #name: string;
  #open: { readonly path: string; readonly file: number } | null = null;

  constructor(streamId: string, dataDirOption: string | undefined, environment: CommandContext['environment']) {
    this.#dataDirectory = dataDirectoryPath(dataDirOption, {
      platform: process.platform,
      environment,
      home: homedir(),
    });
    this.#name = `${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}-${streamId}.ndjson`;
  }

  /** null: no row was refused. */
  get path(): string | null {
    return this.#open?.path ?? null;
  }

  add(error: RowError): void {
    this.#open ??= this.#create();
    writeSync(this.#open.file, `${JSON.stringify(error)}\n`);
  }

  [Symbol.dispose](): void {
    if (this.#open) closeSync(this.#open.file);
  }

  #create(): { path: string; file: number } {
    makeDataDirectory(this.#dataDirectory);
    const folder = join(this.#dataDirectory, 'rejects');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    removeOldFiles(folder);
    const path = join(folder, this.#name);
    return { path, file: openSync(path, 'a', 0o600) };
  }
}
