/** What commands leave in the data directory is kept as long as ended streams are by default (see the setting `historyDays`). */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const keptDays = 90;

/** Removes the files of `folder` that were written more than 90 days ago. A folder that is not there has none. */
export function removeOldFiles(folder: string): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return;
  }
  const oldest = Date.now() - keptDays * 86_400_000;
  for (const name of names) {
    const path = join(folder, name);
    const facts = statSync(path, { throwIfNoEntry: false });
    if (facts?.isFile() && facts.mtimeMs < oldest) rmSync(path, { force: true });
  }
}
