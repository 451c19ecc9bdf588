/** Cells of 12 MB: beyond what MySQL's functions and packets take as hex at their default of 16 MB. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { databaseKinds, databaseTitles, type DatabaseKind } from '../../src/shared/model/database-kind.ts';
import { copyDatabase } from '../support/copy-database.ts';
import { readRows, runScript } from '../support/database-clients.ts';
import { describeServers } from '../support/needs.ts';
import { createScratchDatabase, serversOf, type ScratchDatabase } from '../support/scratch-database.ts';

const textUnit = Buffer.from('a\\\t\n€');
const bytesUnit = Buffer.from('00ff5c0a', 'hex');
const targetBytes = 12_000_000;

/** Each server makes the value itself, so that no client has to send it. */
const generators: Record<DatabaseKind, (unit: Buffer, type: 'text' | 'bytes') => string> = {
  postgresql: (unit, type) => {
    const bytes = `decode(repeat('${unit.toString('hex')}', ${count(unit)}), 'hex')`;
    return type === 'text' ? `convert_from(${bytes}, 'UTF8')` : bytes;
  },
  mysql: mysqlGenerator,
  mariadb: mysqlGenerator,
  sqlite: (unit, type) =>
    `CAST(replace(hex(zeroblob(${count(unit)})), '00', CAST(X'${unit.toString('hex')}' AS TEXT)) AS ${type === 'text' ? 'TEXT' : 'BLOB'})`,
};

function mysqlGenerator(unit: Buffer, type: 'text' | 'bytes'): string {
  return `REPEAT(${type === 'text' ? '_utf8mb4 ' : ''}X'${unit.toString('hex')}', ${count(unit)})`;
}

const count = (unit: Buffer) => Math.floor(targetBytes / unit.length);

const columnTypes: Record<DatabaseKind, string> = {
  postgresql: 't text, b bytea',
  mysql: 't longtext COLLATE utf8mb4_bin, b longblob',
  mariadb: 't longtext COLLATE utf8mb4_bin, b longblob',
  sqlite: 't TEXT, b BLOB',
};

for (const source of databaseKinds) {
  describeServers(`large values from ${databaseTitles[source]}`, serversOf(source), () => {
    let origin: ScratchDatabase;
    beforeAll(async () => {
      origin = await createScratchDatabase(source);
      const generate = generators[source];
      await runScript(
        origin.settings,
        `CREATE TABLE large (id integer PRIMARY KEY, ${columnTypes[source]});
INSERT INTO large (id, t) VALUES (1, ${generate(textUnit, 'text')});
INSERT INTO large (id, b) VALUES (2, ${generate(bytesUnit, 'bytes')});
INSERT INTO large (id, t, b) VALUES (3, 'small', NULL);\n`,
      );
    });
    afterAll(() => origin[Symbol.asyncDispose]());

    for (const target of databaseKinds) {
      describeServers(`to ${databaseTitles[target]}`, serversOf(target), () => {
        test('arrive whole', async () => {
          await using database = await createScratchDatabase(target);
          await copyDatabase(origin.settings, database.settings);
          const generate = generators[target];
          const isSame = (column: string, value: string) =>
            `CASE WHEN ${column} = ${value} THEN 'same' ELSE 'other' END`;
          const { rows, errors } = await readRows(database.settings, [
            `SELECT id, ${isSame('t', generate(textUnit, 'text'))}, ${isSame('b', generate(bytesUnit, 'bytes'))}
              FROM large ORDER BY id`,
          ]);
          expect(errors).toBe('');
          expect(rows).toEqual([
            ['1', 'same', 'other'],
            ['2', 'other', 'same'],
            ['3', 'other', 'other'],
          ]);
        });
      });
    }
  });
}
