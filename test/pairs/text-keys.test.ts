/** A large table whose key is text is read in parts, and their bounds fit into every target's ledger. */
import { expect, test } from 'vitest';
import { copyDatabase } from '../support/copy-database.ts';
import { createDatabase } from '../support/databases.ts';
import { describeServers } from '../support/needs.ts';

const rows = 3000;
const script = `CREATE TABLE t (id varchar(40) COLLATE utf8mb4_unicode_520_ci PRIMARY KEY, v varchar(400));
  INSERT INTO t WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${rows})
    SELECT CONCAT(ELT(i % 4 + 1, 'schlüssel ', 'KEY\\t', '鍵', '\\0'), i), IF(i = 998, 'bad', REPEAT('v', 300)) FROM n; ANALYZE TABLE t`;

// A ledger in a database of Latin letters holds bounds of all.
for (const target of ['mysql', 'mariadb', 'postgres18'] as const) {
  describeServers(`text keys from mariadb to ${target}`, ['mariadb', target], (servers) => {
    test('are copied in parts, of which each commits by itself', async () => {
      await using source = await createDatabase(servers.mariadb);
      await source.execute(`SET SESSION max_recursive_iterations = ${rows}; ${script}`);
      await using database = await createDatabase(servers[target]);
      if (target !== 'postgres18') await database.execute(`ALTER DATABASE ${database.name} CHARACTER SET latin1`);
      await database.execute(
        "CREATE TABLE t (id varchar(40) PRIMARY KEY, v varchar(400), CONSTRAINT good CHECK (v <> 'bad'))" +
          (target === 'postgres18' ? '' : ' CHARACTER SET utf8mb4 COLLATE utf8mb4_bin'),
      );
      const options = {
        createStructure: false,
        chunkBytes: 65_536,
        parallelism: 1,
        rules: { nulByte: 'strip' },
      } as const;
      const run = () => copyDatabase(source.settings, database.settings, options, { streamId: 'stream_text_keys' });
      await expect(run()).rejects.toMatchObject({ message: expect.stringContaining('good') });
      const [[chunks, committed] = []] = await database.rows(
        'SELECT COUNT(range_on), COUNT(committed_at) FROM _sluice_chunks WHERE chunk >= 0',
      );
      expect(Number(chunks)).toBeGreaterThanOrEqual(10);
      expect(Number(committed)).toBeGreaterThanOrEqual(5);
      await database.execute('ALTER TABLE t DROP CONSTRAINT good');
      const { result } = await run();
      expect(result.rows).toBe(rows);
      expect(await database.rows('SELECT COUNT(*) FROM t')).toEqual([[String(rows)]]);
    });
  });
}
