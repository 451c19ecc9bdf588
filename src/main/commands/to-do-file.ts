/** The file of what a copy left to do by hand. */
import { writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { Finding } from '../../shared/model/finding.ts';
import { toDoOf, toDoSql, type ToDoEnds } from '../../shared/model/to-do-sql.ts';
import { countOf } from '../progress/figures.ts';
import { makeDataDirectory } from '../stores/data-directory.ts';

/** Writes it, readable by its owner only, and answers the line that says so; null: there is nothing to do, and no file. */
export function writeToDo(path: string, findings: readonly Finding[], ends: ToDoEnds): string | null {
  const text = toDoSql(findings, ends);
  if (text === null) return null;
  const absolute = resolve(path);
  try {
    makeDataDirectory(dirname(absolute));
    writeFileSync(absolute, text, { mode: 0o600 });
  } catch (error) {
    const message = `The to-do file ${absolute} cannot be written: ${(error as Error).message}. Give another place with --todo.`;
    throw new SluiceError('file_missing', message, { path: absolute }, error);
  }
  return `${countOf(toDoOf(findings).length, 'thing')} to do by hand: ${absolute}`;
}
