/** Tables, columns and indexes of any name arrive under that name, or under another that a finding tells. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databaseKinds, databaseTitles, type DatabaseKind } from '../../src/shared/model/database-kind.ts';
import type { ConnectionSettings } from '../../src/shared/model/connection.ts';
import { listTables, quoteIdentifier } from '../support/client-catalog.ts';
import { copyDatabase, type Copy } from '../support/copy-database.ts';
import { readRows, runScript } from '../support/database-clients.ts';
import { describeServers } from '../support/needs.ts';
import { createScratchDatabase, serversOf, type ScratchDatabase } from '../support/scratch-database.ts';
import { textLiteral } from './golden/golden-case.ts';
import { isLegalLength, namesOf, staysColumn, staysTable } from './hard-names.ts';

/** What carries an original name on the target: found by the row's content, which is that name. */
interface Carrier {
  readonly table: string;
  readonly column: string;
}

export function describeHardNames(source: DatabaseKind): void {
  describeServers(`hard names from ${databaseTitles[source]}`, serversOf(source), () => {
    let origin: ScratchDatabase;
    beforeAll(async () => {
      origin = await createScratchDatabase(source);
      await runScript(origin.settings, namesScript(source));
    });
    afterAll(() => origin[Symbol.asyncDispose]());

    for (const target of databaseKinds) {
      describeServers(`to ${databaseTitles[target]}`, serversOf(target), () => {
        let database: ScratchDatabase;
        let copy: Copy;
        let carriers: Map<string, Carrier>;
        beforeAll(async () => {
          database = await createScratchDatabase(target);
          copy = await copyDatabase(origin.settings, database.settings);
          carriers = await findCarriers(database.settings);
        });
        afterAll(() => database[Symbol.asyncDispose]());

        test('every table arrives', () => {
          expect([...carriers.keys()].toSorted()).toEqual(namesOf(source).toSorted());
        });
        test('names that can stay do stay', () => {
          const names = namesOf(source);
          const tables = names.filter((name) => staysTable(name, target));
          expect(tables.map((name) => carriers.get(name)?.table)).toEqual(tables);
          const columns = names.filter((name) => staysColumn(name, target));
          expect(columns.map((name) => carriers.get(name)?.column)).toEqual(columns);
        });
        describe('names that cannot stay', () => {
          test('are legal, and a finding names both', () => {
            const messages = copy.findings.filter((each) => each.code === 'name_changed').map((each) => each.message);
            for (const name of namesOf(source)) {
              const { table, column } = carriers.get(name)!;
              const changes = [
                ...(staysTable(name, target) ? [] : [table]),
                ...(staysColumn(name, target) ? [] : [column]),
              ];
              for (const changed of changes) {
                expect(changed).not.toBe(name);
                expect(isLegalLength(changed, target)).toBe(true);
                expect(messages.some((message) => message.includes(name) && message.includes(changed))).toBe(true);
              }
            }
          });
        });
      });
    }
  });
}

/** One table a name: the name as column and as content, an index of a name of its own, and a key between two of them. */
function namesScript(source: DatabaseKind): string {
  const quote = (name: string) => quoteIdentifier(source, name);
  const statements = namesOf(source).flatMap((name, index) => [
    `CREATE TABLE ${quote(name)} (id integer PRIMARY KEY, ${quote(name)} varchar(400))`,
    `INSERT INTO ${quote(name)} VALUES (1, ${textLiteral(source, name)})`,
    `CREATE INDEX ${quote(`${index} ${name}`.slice(0, 60))} ON ${quote(name)} (id, ${quote(name)})`,
  ]);
  const isMysql = source === 'mysql' || source === 'mariadb';
  return [...(isMysql ? ['ALTER DATABASE CHARACTER SET utf8mb4'] : []), ...statements]
    .map((sql) => `${sql};\n`)
    .join('');
}

async function findCarriers(target: ConnectionSettings): Promise<Map<string, Carrier>> {
  const quote = (name: string) => quoteIdentifier(target.kind, name);
  const tables = await listTables(target);
  const statements = tables.map(
    ({ name, columns }, index) =>
      `SELECT ${index}, ${columns.length === 2 ? quote(columns[1]!.name) : "'not two columns'"} FROM ${quote(name)}`,
  );
  const { rows, errors } = await readRows(target, statements);
  if (errors !== '') throw new Error(errors);
  return new Map(
    (rows as [string, string][]).map(([index, content]) => {
      const { name: table, columns } = tables[Number(index)]!;
      return [content, { table, column: columns[1]?.name ?? '' }];
    }),
  );
}
