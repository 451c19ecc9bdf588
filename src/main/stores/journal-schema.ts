import type { DatabaseSync } from 'node:sqlite';
import { SluiceError } from '../../shared/errors/sluice-error.ts';

/** Step `n` brings a journal from version n to n + 1; PRAGMA user_version holds the version. Never edit a step that was released. */
const steps: readonly string[] = [
  `CREATE TABLE streams (
     id TEXT PRIMARY KEY,
     config_id TEXT NOT NULL,
     created INTEGER NOT NULL,
     ended INTEGER,
     status TEXT NOT NULL,
     record TEXT NOT NULL,
     statistics TEXT,
     verification TEXT
   ) STRICT;
   CREATE INDEX streams_by_config ON streams (config_id, created);
   CREATE TABLE table_progress (
     stream_id TEXT NOT NULL REFERENCES streams ON DELETE CASCADE,
     name TEXT NOT NULL,
     ordinal INTEGER NOT NULL,
     status TEXT NOT NULL,
     rows INTEGER NOT NULL,
     estimated_rows INTEGER,
     bytes INTEGER NOT NULL,
     failed INTEGER NOT NULL,
     PRIMARY KEY (stream_id, name)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE row_errors (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     stream_id TEXT NOT NULL REFERENCES streams ON DELETE CASCADE,
     at TEXT NOT NULL,
     error TEXT NOT NULL
   ) STRICT;
   CREATE INDEX row_errors_by_stream ON row_errors (stream_id, id);
   CREATE TABLE logs (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     stream_id TEXT NOT NULL REFERENCES streams ON DELETE CASCADE,
     at TEXT NOT NULL,
     level TEXT NOT NULL,
     message TEXT NOT NULL
   ) STRICT;
   CREATE INDEX logs_by_stream ON logs (stream_id, id);`,
];

/** Brings the journal to the present version. Throws `data_file_newer`. */
export function migrateJournal(database: DatabaseSync, path: string): void {
  const version = Number(database.prepare('PRAGMA user_version').get()!['user_version']);
  if (version > steps.length) {
    throw new SluiceError(
      'data_file_newer',
      `${path} was written by a newer Sluice (format ${version}, this one reads up to ${steps.length}). Start the newer version, or use another --data-dir.`,
      { path },
    );
  }
  for (const [index, step] of steps.entries()) {
    if (index >= version) database.exec(`BEGIN; ${step}; PRAGMA user_version = ${index + 1}; COMMIT;`);
  }
}
