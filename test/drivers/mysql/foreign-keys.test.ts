/** Foreign keys of new tables: no orphan slips in, what does not fit is refused, and the rows are not copied for them. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import type { RunEvent } from '../../../src/shared/model/run-event.ts';
import { copyDatabase } from '../../support/copy-database.ts';
import { createDatabase, createFolder, type TestDatabase } from '../../support/databases.ts';
import { describeEachServer } from '../../support/needs.ts';
import { bothKinds } from './open-database.ts';

const tables = `
CREATE TABLE parent (id INTEGER PRIMARY KEY, kind INTEGER, code VARCHAR(20), UNIQUE (kind, code));
CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent, before_id INTEGER REFERENCES child, kind INTEGER,
  code VARCHAR(20), FOREIGN KEY (kind, code) REFERENCES parent (kind, code));
INSERT INTO parent VALUES (1, 1, 'a'), (2, 1, 'b'), (3, NULL, 'c');
INSERT INTO child VALUES (1, 1, 2, 1, 'a'), (2, NULL, 1, 1, NULL), (3, 2, NULL, NULL, 'nowhere');`;

async function sourceOf(script: string) {
  const folder = await createFolder();
  const path = join(folder.path, 'source.db');
  const execute = (sql: string) => {
    using file = new DatabaseSync(path, { enableForeignKeyConstraints: false });
    file.exec(sql);
  };
  execute(script);
  return {
    settings: { kind: 'sqlite', path } as const,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** Changes when the server makes the table anew to alter it. */
async function tableId(database: TestDatabase, table: string): Promise<string> {
  const list = database.settings.kind === 'mysql' ? 'INNODB_TABLES' : 'INNODB_SYS_TABLES';
  const [row] = await database.rows(
    `SELECT TABLE_ID FROM information_schema.${list} WHERE NAME = '${database.name}/${table}'`,
  );
  return row![0]!;
}

const keysOf = (database: TestDatabase) =>
  database.rows(`SELECT CAST(COUNT(*) AS CHAR) FROM information_schema.REFERENTIAL_CONSTRAINTS
    WHERE CONSTRAINT_SCHEMA = '${database.name}' AND TABLE_NAME = 'child'`);

const orphans = [
  ['of one column', 'INSERT INTO child VALUES (4, 77, NULL, NULL, NULL)', /foreign key .* of "child".*keys: 77\./],
  [
    'of the table itself',
    'INSERT INTO child VALUES (4, NULL, 55, NULL, NULL)',
    /foreign key .* of "child".*keys: 55\./,
  ],
  ['of two columns', "INSERT INTO child VALUES (4, NULL, NULL, 1, 'c')", /foreign key .* of "child".*keys: 1, c\./],
] as const;

describeEachServer('foreign keys', bothKinds, (server) => {
  test.each(orphans)(
    '%s are not made while rows break them, and are when those are mended',
    async (_, insert, message) => {
      await using source = await sourceOf(`${tables} ${insert};`);
      await using database = await createDatabase(server);
      const run = () => copyDatabase(source.settings, database.settings, {}, { streamId: 'stream_keys' });
      await expect(run()).rejects.toMatchObject({
        code: 'constraint_failed',
        message: expect.stringMatching(message),
      });
      // The others stand, and all rows.
      expect(await keysOf(database)).toEqual([['2']]);
      expect(await database.rows('SELECT COUNT(*) FROM child')).toEqual([['4']]);
      const before = await tableId(database, 'child');
      // Still broken: running again finds that too.
      await expect(run()).rejects.toMatchObject({ code: 'constraint_failed' });
      await database.execute('DELETE FROM child WHERE id = 4');
      const { result } = await run();
      expect(result.status).toBe('FINISHED');
      expect(await keysOf(database)).toEqual([['3']]);
      expect(await tableId(database, 'child')).toBe(before);
      await expect(database.execute(insert)).rejects.toThrow(/foreign key constraint fails/);
    },
  );

  test('are looked at anew after an interruption', async () => {
    await using source = await sourceOf(tables);
    await using database = await createDatabase(server);
    const interruption = new AbortController();
    const onEvent = (event: RunEvent) => {
      if (event.type === 'build' && event.kind === 'foreign key' && event.status === 'started') interruption.abort();
    };
    const streamId = 'stream_interrupted';
    const { signal } = interruption;
    await expect(
      copyDatabase(source.settings, database.settings, {}, { streamId, signal, onEvent }),
    ).rejects.toMatchObject({ code: 'cancelled' });
    expect(await keysOf(database)).toEqual([['0']]);
    await database.execute('INSERT INTO child VALUES (4, 77, NULL, NULL, NULL)');
    await expect(copyDatabase(source.settings, database.settings, {}, { streamId })).rejects.toMatchObject({
      code: 'constraint_failed',
      message: expect.stringMatching(/keys: 77\./),
    });
    await database.execute('DELETE FROM child WHERE id = 4');
    await copyDatabase(source.settings, database.settings, {}, { streamId });
    expect(await keysOf(database)).toEqual([['3']]);
  });

  test('to a column of another type are refused by the server', async () => {
    await using source = await createDatabase(server);
    await source.execute(`CREATE TABLE parent (id int PRIMARY KEY);
      CREATE TABLE child (id int PRIMARY KEY, parent_id int, CONSTRAINT unlike FOREIGN KEY (parent_id) REFERENCES parent (id));
      INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1, 1)`);
    await using database = await createDatabase(server);
    const tables = [{ name: 'parent' }, { name: 'child', columnOptions: { parent_id: { targetType: 'bigint' } } }];
    const failure = await copyDatabase(source.settings, database.settings, { tables }).catch((error: unknown) => error);
    expect(String(failure)).toMatch(
      /"unlike" of "child" cannot be built: .*(incompatible|Failed to add the foreign key)/,
    );
    expect(await keysOf(database)).toEqual([['0']]);
  });

  test('to a table that was there, to which others may write, are looked at by the server itself', async () => {
    await using source = await sourceOf(`${tables} ${orphans[0][1]};`);
    await using database = await createDatabase(server);
    await database.execute(
      'CREATE TABLE parent (id bigint PRIMARY KEY, kind bigint, code varchar(20) COLLATE utf8mb4_bin, UNIQUE (kind, code))',
    );
    const run = () =>
      copyDatabase(source.settings, database.settings, { onExisting: 'append' }, { streamId: 'stream_append' });
    await expect(run()).rejects.toMatchObject({
      code: 'constraint_failed',
      message: expect.stringMatching(orphans[0][2]),
    });
    const before = await tableId(database, 'child');
    await database.execute('DELETE FROM child WHERE id = 4');
    await run();
    expect(await keysOf(database)).toEqual([['3']]);
    expect(await tableId(database, 'child')).not.toBe(before);
  });
});
