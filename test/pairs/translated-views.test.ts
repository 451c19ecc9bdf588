/** Views between families: what is certain is translated and shows the same rows; everything else is reported with its text. */
import { expect, test } from 'vitest';
import { databaseKinds, type DatabaseKind } from '../../src/shared/model/database-kind.ts';
import { copyDatabase } from '../support/copy-database.ts';
import { readRows, runScript } from '../support/database-clients.ts';
import { describeServers } from '../support/needs.ts';
import { createScratchDatabase, serversOf, type ScratchDatabase } from '../support/scratch-database.ts';

const exact: Partial<Record<DatabaseKind, string>> = { mysql: ' COLLATE utf8mb4_bin', mariadb: ' COLLATE utf8mb4_bin' };

const script = (kind: DatabaseKind) => `
CREATE TABLE item (id int PRIMARY KEY, name varchar(50)${exact[kind] ?? ''} NOT NULL, weight double precision, shelf int);
CREATE TABLE shelf (id int PRIMARY KEY, label varchar(20)${exact[kind] ?? ''});
CREATE TABLE sale (id int PRIMARY KEY, item_id int NOT NULL, amount int NOT NULL, made date NOT NULL);
INSERT INTO shelf VALUES (1, 'left'), (2, NULL), (3, 'empty');
INSERT INTO item VALUES (1, 'pen', 0.5, 1), (2, 'it''s ink', 1.25, 2), (3, 'cap', NULL, NULL);
INSERT INTO sale VALUES (1, 1, 3, '2020-05-01'), (2, 1, 4, '2021-06-02'), (3, 2, 1, '2021-07-03'), (4, 2, 9, '2019-01-01');
CREATE VIEW light AS SELECT id, name, weight FROM item WHERE weight < 1 OR weight IS NULL;
CREATE VIEW placed AS SELECT i.id, i.name AS what, s.label FROM item i LEFT JOIN shelf s ON s.id = i.shelf WHERE i.name <> 'none';
CREATE VIEW sold AS
  SELECT i.id, i.name, count(*) AS sales, sum(s.amount) AS pieces, min(s.made) AS first_sale
  FROM item i INNER JOIN sale s ON i.id = s.item_id AND s.made >= '2020-01-01'
  GROUP BY i.id, i.name HAVING sum(s.amount) > 0 ORDER BY i.id DESC;
CREATE VIEW shown AS SELECT p.id, p.what, coalesce(p.label, 'nowhere') AS label, s.pieces * 2 AS doubled,
  CASE WHEN s.pieces > 5 THEN 'many' ELSE 'few' END AS word FROM placed p, sold s WHERE p.id = s.id;
CREATE VIEW kinds AS SELECT DISTINCT shelf FROM item WHERE shelf IN (1, 2) OR shelf BETWEEN 5 AND 9;
CREATE VIEW "every" AS SELECT * FROM shelf JOIN item ON item.shelf = shelf.id;
CREATE VIEW averages AS SELECT item_id, avg(amount) AS average FROM sale GROUP BY item_id;
CREATE VIEW united AS SELECT id FROM item UNION SELECT id FROM sale;
CREATE VIEW after AS SELECT id FROM united;
`;

const every = 'CREATE VIEW "every" AS SELECT * FROM';
const scripts: Record<DatabaseKind, string> = {
  postgresql: script('postgresql').replace(every, 'CREATE VIEW "every" AS SELECT item.id AS item_id, shelf.* FROM'),
  mysql: script('mysql').replace(every, 'CREATE VIEW `every` AS SELECT item.id AS item_id, shelf.* FROM'),
  mariadb: script('mariadb').replace(every, 'CREATE VIEW `every` AS SELECT item.id AS item_id, shelf.* FROM'),
  sqlite: script('sqlite')
    .replace('id int PRIMARY KEY', 'id INTEGER PRIMARY KEY')
    .replaceAll(' date NOT NULL', ' DATE_TEXT NOT NULL'),
};

const isMysql = (kind: DatabaseKind) => kind === 'mysql' || kind === 'mariadb';
const quoted = (kind: DatabaseKind, name: string) => (isMysql(kind) ? `\`${name}\`` : `"${name}"`);

async function rowsOf({ settings }: ScratchDatabase, view: string): Promise<string[][]> {
  const { rows, errors } = await readRows(settings, [`SELECT * FROM ${quoted(settings.kind, view)} ORDER BY 1`]);
  if (errors !== '') throw new Error(errors);
  // NULL is nothing to some clients and a word to others.
  return rows.map((row) => row.map((value) => (value === 'NULL' ? '' : value)));
}

for (const from of databaseKinds) {
  for (const to of databaseKinds) {
    if (from === to || (isMysql(from) && isMysql(to))) continue;
    describeServers(`views from ${from} to ${to}`, [...new Set([...serversOf(from), ...serversOf(to)])], () => {
      test('show the same, or are reported', async () => {
        await using source = await createScratchDatabase(from);
        await using target = await createScratchDatabase(to);
        await runScript(source.settings, scripts[from]);
        const { findings } = await copyDatabase(source.settings, target.settings, {
          tables: [
            { name: '*' },
            { name: 'shelf', targetName: 'Shelves', columnOptions: { label: { targetName: 'Title' } } },
          ],
        });
        const of = (code: string) => findings.filter((finding) => finding.code === code);
        expect(
          of('view_not_copied')
            .map(({ message }) => message)
            .toSorted(),
        ).toEqual([
          expect.stringMatching(/^View "after" .*"united", which it reads, is not copied/),
          expect.stringMatching(/^View "averages" is not carried over: there is no certain equal for avg\.$/),
          expect.stringMatching(/^View "united" is not carried over: there is no certain equal for union\.$/i),
        ]);
        for (const { statement } of of('view_not_copied')) expect(statement).toMatch(/^CREATE /);
        const translated = ['light', 'placed', 'sold', 'shown', 'kinds', 'every'];
        expect(of('view_translated')).toHaveLength(translated.length);
        for (const view of translated) {
          const rows = await rowsOf(source, view);
          expect(rows.length).toBeGreaterThan(0);
          expect(await rowsOf(target, view)).toEqual(rows);
        }
      });
    });
  }
}
