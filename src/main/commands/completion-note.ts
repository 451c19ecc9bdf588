/**
 * Notes that all tables of a run are done, for the moments between the end of its ledger and its last word: a run that is killed
 * then has left nothing in the target that tells it from a stranger's tables.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '../../shared/model/run-event.ts';
import { makeDataDirectory } from '../stores/data-directory.ts';

export class CompletionNote {
  readonly #folder: string;
  readonly #path: string;
  #tables = 0;
  readonly #done = new Set<string>();

  constructor(folder: string, streamId: string) {
    this.#folder = folder;
    this.#path = join(folder, `${streamId}.json`);
  }

  /** True when an earlier run was through, and was killed before it could say so. */
  get isThere(): boolean {
    return existsSync(this.#path);
  }

  /** To be told every event of the run, before anybody else hears of it. */
  add(event: RunEvent): void {
    if (event.type === 'plan') this.#tables = event.tables.length;
    if (event.type !== 'progress' || event.table.status !== 'done') return;
    this.#done.add(event.table.name);
    if (this.#done.size === this.#tables) this.#write();
  }

  /** The run has had its last word. */
  remove(): void {
    rmSync(this.#path, { force: true });
  }

  #write(): void {
    try {
      makeDataDirectory(this.#folder);
      writeFileSync(this.#path, `${JSON.stringify({ completed: new Date().toISOString() })}\n`, { mode: 0o600 });
    } catch {
      // A copy does not fail for it: then the next run after a kill in these moments finds a target that is not empty.
    }
  }
}
