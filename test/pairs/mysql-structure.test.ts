/** Structure that only MySQL and MariaDB have: the same by the server's own words, or told of with the statement that makes up for it. */
import { expect, test } from 'vitest';
import { copyDatabase } from '../support/copy-database.ts';
import { createDatabase, openClient, type TestDatabase } from '../support/databases.ts';
import { describeEachServer, describeServers } from '../support/needs.ts';

const createdAs = async (database: TestDatabase, table: string): Promise<string> =>
  (await database.rows(`SHOW CREATE TABLE ${table}`))[0]![1]!;

const partitioned = `
CREATE TABLE plain (id int NOT NULL) PARTITION BY RANGE (id)
  (PARTITION low VALUES LESS THAN (10) COMMENT = 'the ''low'' ones', PARTITION rest VALUES LESS THAN MAXVALUE COMMENT = 'a\\\\b');
CREATE TABLE parted (id int NOT NULL, at date NOT NULL) PARTITION BY RANGE (year(at)) SUBPARTITION BY HASH (id)
  (PARTITION old VALUES LESS THAN (2000) (SUBPARTITION one COMMENT = 'first', SUBPARTITION two),
   PARTITION new VALUES LESS THAN MAXVALUE (SUBPARTITION three, SUBPARTITION four));
CREATE TABLE kept (id int NOT NULL) PARTITION BY RANGE (id) (PARTITION only VALUES LESS THAN MAXVALUE MAX_ROWS = 100);
INSERT INTO parted VALUES (1, '1999-01-01');
`;

describeEachServer('partitions', ['mysql', 'mariadb'], (server) => {
  test('keep their comments and the names of their parts', async () => {
    await using origin = await createDatabase(server);
    await using database = await createDatabase(server);
    await origin.execute(partitioned);
    const { findings } = await copyDatabase(origin.settings, database.settings);
    for (const table of ['plain', 'parted'])
      expect(await createdAs(database, table)).toBe(await createdAs(origin, table));
    const told = findings.filter(({ code }) => code === 'setting_not_copied');
    expect(told).toMatchObject([{ table: 'kept', statement: expect.stringMatching(/MAX_ROWS = 100/) as string }]);
  });
});

describeEachServer('grants', ['mysql', 'mariadb'], (server) => {
  test('are told of with statements that give them on the target', async () => {
    await using origin = await createDatabase(server);
    await using database = await createDatabase(server);
    // One user for each test run: users belong to the server.
    const user = `u_${origin.name.slice(-20)}`;
    await using administrator = await openClient(server, origin.name);
    await administrator.execute(`CREATE USER \`${user}'s\`@localhost IDENTIFIED BY 'Secret-1'; CREATE ROLE ${user}`);
    try {
      await origin.execute(
        `CREATE TABLE a (n int, m int); CREATE PROCEDURE p() SELECT 1;
         GRANT SELECT, INSERT ON \`${origin.name.replaceAll('_', '\\_')}\`.* TO \`${user}'s\`@localhost WITH GRANT OPTION;
         GRANT SELECT (n, m), UPDATE (m) ON a TO \`${user}'s\`@localhost; GRANT DELETE ON a TO ${user}; GRANT EXECUTE ON PROCEDURE p TO ${user};`,
      );
      const grantsOf = async (source: TestDatabase) => {
        await using empty = await createDatabase(server);
        const { findings } = await copyDatabase(source.settings, empty.settings);
        const told = findings.filter(({ code, statement }) => code === 'grant_not_copied' && statement?.includes(user));
        return told.map(({ statement, table }) => `${table ?? '*'}: ${statement}`).toSorted();
      };
      const told = await grantsOf(origin);
      expect(told).toHaveLength(4);
      expect(told).toContainEqual(`*: GRANT INSERT, SELECT ON * TO '${user}''s'@'localhost' WITH GRANT OPTION`);
      expect(told).toContainEqual(
        expect.stringMatching(/^a: GRANT SELECT \(`m`\), SELECT \(`n`\), UPDATE \(`m`\) ON `a` TO/),
      );
      await database.execute('CREATE TABLE a (n int, m int); CREATE PROCEDURE p() SELECT 1');
      for (const line of told) await database.execute(line.slice(line.indexOf(': ') + 2));
      expect(await grantsOf(database)).toEqual(told);
    } finally {
      await administrator.execute(`DROP USER \`${user}'s\`@localhost; DROP ROLE ${user}`);
    }
  });
});

const moments = `
CREATE TABLE stay (room int, since date, until date, PERIOD FOR valid (since, until), PRIMARY KEY (room, valid WITHOUT OVERLAPS));
CREATE TABLE price (id int PRIMARY KEY, amount int UNIQUE, note int WITHOUT SYSTEM VERSIONING,
  seen timestamp(6) GENERATED ALWAYS AS ROW START, gone timestamp(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (seen, gone)) WITH SYSTEM VERSIONING;
INSERT INTO stay VALUES (1, '2020-01-01', '2020-01-05'); INSERT INTO price (id, amount) VALUES (1, 2); UPDATE price SET amount = 3;
`;

describeServers('periods of MariaDB', ['mariadb'], ({ mariadb }) => {
  test('are told of with the statement that makes them of the copy', async () => {
    await using origin = await createDatabase(mariadb);
    await using database = await createDatabase(mariadb);
    await origin.execute(moments);
    const { findings } = await copyDatabase(origin.settings, database.settings);
    const statements = findings.filter(({ code }) => /^(constraint|history)_not_copied$/.test(code));
    expect(statements.map(({ table }) => table).toSorted()).toEqual(['price', 'stay']);
    // The keys are those of the rows of now.
    await expect(database.execute('INSERT INTO price SELECT 1, 9, 9, seen, now(6) FROM price')).rejects.toThrow(
      /Duplicate/,
    );
    for (const { statement } of statements) await database.execute(statement!);
    const columns = (text: string) =>
      text
        .split('\n')
        .map((line) => line.replace(/,$/, ''))
        .toSorted();
    for (const table of ['stay', 'price'])
      expect(columns(await createdAs(database, table))).toEqual(columns(await createdAs(origin, table)));
  });
});

describeServers('columns of one SRID', ['mysql', 'mariadb'], ({ mysql, mariadb }) => {
  test('are told of where the target does not limit them', async () => {
    await using origin = await createDatabase(mysql);
    await using database = await createDatabase(mariadb);
    await origin.execute(
      `CREATE TABLE place (id int PRIMARY KEY, at point SRID 4326, free point); INSERT INTO place VALUES (1, ST_GeomFromText('POINT(1 2)', 4326), NULL)`,
    );
    const { findings } = await copyDatabase(origin.settings, database.settings);
    const told = findings.filter(({ code }) => code === 'srid_not_enforced');
    expect(told).toHaveLength(1);
    await database.execute(told[0]!.statement!);
    await expect(
      database.execute("INSERT INTO place (id, at) VALUES (2, ST_GeomFromText('POINT(1 2)'))"),
    ).rejects.toThrow();
    await database.execute("INSERT INTO place (id, at) VALUES (2, ST_GeomFromText('POINT(1 2)', 4326))");
  });
});
