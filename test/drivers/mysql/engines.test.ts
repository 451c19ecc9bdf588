/** Tables whose engine has no transactions: what is not committed stays in them all the same. */
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Ledger } from '../../../src/main/engine/copy/ledger.ts';
import { mariadbDriver } from '../../../src/main/engine/drivers/mysql/mysql-driver.ts';
import { convert } from '../../support/convert.ts';
import { createDatabase, createFolder } from '../../support/databases.ts';
import { describeEachServer } from '../../support/needs.ts';
import { startOwnServer } from '../../support/servers/own-server.ts';

describeEachServer('a target table without transactions', ['mariadb', 'mysql'], (server) => {
  test('is refused with the statement that mends it', async () => {
    await using folder = await createFolder();
    await using target = await createDatabase(server);
    const path = join(folder.path, 'source.db');
    using source = new DatabaseSync(path);
    source.exec("CREATE TABLE t (id INTEGER, v TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'too long'), (3, 'b')");
    await target.execute('CREATE TABLE t (id int, v varchar(3)) ENGINE = MyISAM');
    const copy = () =>
      convert({ kind: 'sqlite', path }, target.settings, { onRowError: 'skip', createStructure: false });
    const statement = 'ALTER TABLE `t` ENGINE = InnoDB';
    await expect(copy()).rejects.toMatchObject({
      code: 'refused_by_preflight',
      message: expect.stringContaining('"t" has an engine without transactions'),
      details: { findings: [{ code: 'no_transactions', table: 't', statement }] },
    });
    expect(await target.rows('SELECT * FROM t')).toEqual([]);
    await target.execute(statement);
    const { result } = await copy();
    expect(result).toMatchObject({ rows: 2, failed: 1 });
    expect(await target.rows('SELECT * FROM t ORDER BY id')).toEqual([
      ['1', 'a'],
      ['3', 'b'],
    ]);
  });

  test('is taken where a partitioned one of InnoDB', async () => {
    await using folder = await createFolder();
    await using target = await createDatabase(server);
    const path = join(folder.path, 'source.db');
    using source = new DatabaseSync(path);
    source.exec('CREATE TABLE t (id INTEGER); INSERT INTO t VALUES (1), (2), (3)');
    await target.execute('CREATE TABLE t (id int) ENGINE = InnoDB PARTITION BY HASH (id) PARTITIONS 2');
    const { result } = await convert({ kind: 'sqlite', path }, target.settings, { createStructure: false });
    expect(result).toMatchObject({ rows: 3 });
  });
});

describeEachServer('the ledger on a server whose own engine has no transactions', ['mariadb'], (_, name) => {
  test('takes an entry back with the rows', async () => {
    await using server = await startOwnServer(name, { durable: false, options: ['--default-storage-engine=Aria'] });
    await using database = await createDatabase(server.address);
    const { signal } = new AbortController();
    await using session = await mariadbDriver.connect(database.settings, {
      role: 'target',
      streamId: 'stream',
      signal,
    });
    const ledger = new Ledger(session, mariadbDriver.dialect, 'stream');
    const target = { schema: null, name: 't' };
    await ledger.open([{ target, ownership: 'created' }]);
    await ledger.divide([{ target, ranges: [null] }]);
    await using writer = await session.openWriter();
    await writer.begin();
    await writer.execute(ledger.commitStatement(target, 0, { rows: 1, bytes: 1, failed: 0, isCut: false }));
    await writer.rollback();
    const { tables } = (await ledger.load())!;
    expect([...tables.values()]).toEqual([{ ownership: 'created', chunks: [{ range: null, committed: null }] }]);
  });
});
