import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { convert } from '../../support/convert.ts';
import { createFolder } from '../../support/databases.ts';
import { quotedRows } from './sqlite-fixture.ts';

/** A real database; a clone of the project alone has none of it. */
const chinook = resolve('../shared/data/chinook.sqlite');

describe('a real database', () => {
  it('arrives whole', async () => {
    if (!existsSync(chinook)) return console.log(`skipped: there is no ${chinook}`);
    await using folder = await createFolder();
    const path = join(folder.path, 'copy.db');
    const { result } = await convert({ kind: 'sqlite', path: chinook }, { kind: 'sqlite', path });
    expect(result).toMatchObject({ status: 'FINISHED', rows: 15_607, guarantee: 'snapshot' });
    using from = new DatabaseSync(chinook, { readOnly: true });
    using to = new DatabaseSync(path);
    const names = from
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all()
      .map((row) => String(row['name']));
    expect(names).toHaveLength(11);
    for (const name of names) expect(quotedRows(to, `"${name}"`)).toEqual(quotedRows(from, `"${name}"`));
    expect(to.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
    expect(to.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    const indexes = "SELECT count(*) AS n FROM sqlite_schema WHERE type = 'index' AND sql NOT NULL";
    expect(to.prepare(indexes).get()).toEqual(from.prepare(indexes).get());
  });
});
