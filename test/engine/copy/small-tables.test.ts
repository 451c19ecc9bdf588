/** Many small tables, which are copied in groups of one transaction. */
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunEvent } from '../../../src/shared/model/run-event.ts';
import { convert, convertRequest } from '../../support/convert.ts';
import { createDatabase, createFolder, type TestDatabase } from '../../support/databases.ts';
import { describeEachServer } from '../../support/needs.ts';
import { runConvert } from '../../../src/main/engine/copy/convert.ts';

const names = Array.from({ length: 230 }, (_, number) => `t${String(number).padStart(3, '0')}`);
/** In the first group of a hundred, after tables whose rows are loaded by then. */
const refused = 't060';

const fill = () =>
  names.map(
    (name) =>
      `CREATE TABLE ${name} (id INTEGER PRIMARY KEY, word TEXT); INSERT INTO ${name} VALUES (1, 'a'), (2, 'b');`,
  );

async function countsOf(target: TestDatabase): Promise<ReadonlyMap<string, number>> {
  const rows = await target.rows(names.map((name) => `SELECT '${name}', COUNT(*) FROM ${name}`).join(' UNION ALL '));
  return new Map(rows.map(([name, count]) => [name!, Number(count)]));
}

describeEachServer('small tables', ['postgres18', 'mariadb', 'mysql'], (server) => {
  test('of a group are committed together, each with its entry, or not at all', async () => {
    await using folder = await createFolder();
    await using target = await createDatabase(server);
    const path = join(folder.path, 'source.db');
    using source = new DatabaseSync(path);
    source.exec(fill().join('\n'));
    // SQLite does not look at the length, and the targets do.
    source.exec(`DROP TABLE ${refused}; CREATE TABLE ${refused} (id TEXT COLLATE BINARY, word VARCHAR(1))`);
    source.exec(`INSERT INTO ${refused} VALUES ('1', 'much longer than a character'), ('2', 'b')`);
    const ends = [{ kind: 'sqlite', path } as const, target.settings] as const;
    const committed: string[] = [];
    const onEvent = (event: RunEvent) => {
      if (event.type === 'progress' && event.table.rows > 0) committed.push(event.table.name);
    };
    await expect(runConvert(convertRequest(...ends, {}, { onEvent }))).rejects.toThrow(refused);
    const between = await countsOf(target);
    for (const name of names.slice(0, 100)) expect(between.get(name), name).toBe(0);
    expect(committed.filter((name) => name < 't100')).toEqual([]);
    const entries = await target.rows(
      'SELECT table_name, committed_at FROM _sluice_chunks WHERE chunk = 0 AND committed_at IS NOT NULL',
    );
    const named = new Set(entries.map(([table]) => table!.replace(/^.*?(t\d+)\W*$/, '$1')));
    for (const [name, count] of between) expect(count, name).toBe(named.has(name) ? 2 : 0);
    source.exec(`UPDATE ${refused} SET word = 'a'`);
    const { result } = await convert(...ends);
    expect(result).toMatchObject({ status: 'FINISHED', rows: 2 * names.length });
    for (const [name, count] of await countsOf(target)) expect(count, name).toBe(2);
  }, 120_000);

  test('end with a limit, and those that it leaves out have no rows', async () => {
    await using folder = await createFolder();
    await using target = await createDatabase(server);
    const path = join(folder.path, 'source.db');
    using source = new DatabaseSync(path);
    source.exec(fill().join('\n'));
    const { result } = await convert({ kind: 'sqlite', path }, target.settings, {
      limits: { numberOfEvents: 31 },
      parallelism: 1,
    });
    expect(result).toMatchObject({ reason: 'limit', rows: 31 });
    const counts = [...(await countsOf(target)).values()];
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(31);
    expect(counts.slice(0, 17)).toEqual([...Array<number>(15).fill(2), 1, 0]);
  }, 120_000);

  test('get all keys but the one that rows break, and that one too when they are mended', async () => {
    await using folder = await createFolder();
    await using target = await createDatabase(server);
    const path = join(folder.path, 'source.db');
    using source = new DatabaseSync(path, { enableForeignKeyConstraints: false });
    source.exec('CREATE TABLE parent (id INTEGER PRIMARY KEY); INSERT INTO parent VALUES (1), (2)');
    for (const number of [0, 1, 2, 3])
      source.exec(`CREATE TABLE child_${number} (id INTEGER PRIMARY KEY, one INTEGER, other INTEGER, word VARCHAR(9),
          CONSTRAINT one_${number} FOREIGN KEY (one) REFERENCES parent (id),
          CONSTRAINT other_${number} FOREIGN KEY (other) REFERENCES parent (id));
        CREATE INDEX word_${number} ON child_${number} (word); CREATE UNIQUE INDEX pair_${number} ON child_${number} (one, id);
        INSERT INTO child_${number} VALUES (1, 1, 2, 'a'), (2, 2, 1, 'b');`);
    source.exec('UPDATE child_2 SET other = 77 WHERE id = 2');
    const ends = [{ kind: 'sqlite', path } as const, target.settings] as const;
    const keys = async () =>
      (
        await target.rows(
          `SELECT constraint_name FROM information_schema.table_constraints WHERE constraint_type = 'FOREIGN KEY'
            AND table_schema = ${server.kind === 'postgresql' ? "'public'" : 'DATABASE()'}`,
        )
      )
        .map(([name]) => name!)
        .toSorted();
    const all = [0, 1, 2, 3].flatMap((number) => [`one_${number}`, `other_${number}`]).toSorted();
    await expect(convert(...ends)).rejects.toMatchObject({
      code: 'constraint_failed',
      details: { table: 'child_2', name: 'other_2', offenders: ['77'] },
    });
    expect(await keys()).toEqual(all.filter((name) => name !== 'other_2'));
    await target.execute('UPDATE child_2 SET other = 1 WHERE id = 2');
    expect((await convert(...ends)).result.status).toBe('FINISHED');
    expect(await keys()).toEqual(all);
  });
});
