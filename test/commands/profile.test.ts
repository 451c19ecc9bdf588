/** `sluice profile`: which types the source's rows allow, and which values rules would touch. */
import { expect, test } from 'vitest';
import { profileReportSchema } from '../../src/shared/model/copy-plan.ts';
import { createDatabase, createFolder } from '../support/databases.ts';
import { describeServers } from '../support/needs.ts';
import { runSluice } from './support/sluice-process.ts';

describeServers('profile from MariaDB to PostgreSQL', ['mariadb', 'postgres18'], ({ mariadb, postgres18 }) => {
  test('types by what the rows hold, and values that the target cannot hold', async () => {
    await using source = await createDatabase(mariadb);
    await using target = await createDatabase(postgres18);
    await using folder = await createFolder();
    await source.execute(`SET sql_mode = '';
      CREATE TABLE t (id int PRIMARY KEY, flag tinyint(1), grade tinyint(1), day date, plain varchar(10));
      INSERT INTO t VALUES (1, 0, 0, '2024-02-29', 'x'), (2, 1, 7, '0000-00-00', 'y'), (3, NULL, 1, '0000-00-00', 'z')`);
    const ends = ['--source', source.url, '--target', target.url];
    const { exitCode, stdout, stderr } = await runSluice(['profile', ...ends], { folder: folder.path });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^t +3 +flag +tinyint\(1\) +boolean\n +grade +tinyint\(1\) +smallint$/m);
    expect(stdout).toContain('1 table, 3 rows; 2 columns whose type depends on what it holds.');
    expect(stdout).toContain('Column "day" of "t" holds 2 zero dates');
    expect(stdout).toContain('rules.zeroDate');
    expect(stdout.split('Warnings:')[0]).not.toContain('plain');

    const json = await runSluice(['profile', ...ends, '--json'], { folder: folder.path });
    expect(profileReportSchema.parse(JSON.parse(json.stdout)).tables).toEqual([
      {
        name: 't',
        rows: 3,
        types: [
          { column: 'flag', declared: 'tinyint(1)', type: 'boolean' },
          { column: 'grade', declared: 'tinyint(1)', type: 'smallint' },
        ],
      },
    ]);
    expect(await target.rows("SELECT count(*) FROM pg_class WHERE relname = 't'")).toEqual([['0']]);
  });
});
