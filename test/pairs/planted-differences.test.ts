/** Differences planted in a target: each is found with its key and cells, nothing else is, and a repair mends them. */
import { expect, test } from 'vitest';
import { repairConvert } from '../../src/main/engine/verify/repair-convert.ts';
import { verifyConvert } from '../../src/main/engine/verify/verify-convert.ts';
import type { ComparedTable } from '../../src/shared/model/compared-table.ts';
import type { ConnectionSettings } from '../../src/shared/model/connection.ts';
import { databaseKinds, databaseTitles, type DatabaseKind } from '../../src/shared/model/database-kind.ts';
import type { RunEvent } from '../../src/shared/model/run-event.ts';
import { convert, convertRequest } from '../support/convert.ts';
import { runScript } from '../support/database-clients.ts';
import { describeServers } from '../support/needs.ts';
import { createScratchDatabase, serversOf } from '../support/scratch-database.ts';

interface Types {
  readonly amount: string;
  readonly weight: string;
  readonly ratio: string;
  readonly moment: string;
  readonly code: string;
  readonly data: string;
  readonly document: string;
}

const mysqlTypes: Types = {
  amount: 'decimal(12,4)',
  weight: 'double',
  ratio: 'float',
  moment: 'datetime(6)',
  code: 'char(5)',
  data: 'blob',
  document: 'json',
};
const types: Record<DatabaseKind, Types> = {
  mysql: mysqlTypes,
  mariadb: mysqlTypes,
  postgresql: {
    ...mysqlTypes,
    weight: 'float8',
    ratio: 'float4',
    moment: 'timestamp(6)',
    data: 'bytea',
    document: 'jsonb',
  },
  sqlite: {
    amount: 'DECIMAL_TEXT(12,4)',
    weight: 'DOUBLE',
    ratio: 'REAL',
    moment: 'DATETIME_TEXT',
    code: 'CHAR(5)',
    data: 'BLOB',
    document: 'JSON_TEXT',
  },
};

const bytesOf = (kind: DatabaseKind, hex: string) => (kind === 'postgresql' ? `'\\x${hex}'` : `X'${hex}'`);

const rowsInAll = 500;

function sourceScript(kind: DatabaseKind): string {
  const { amount, weight, ratio, moment, code, data, document } = types[kind];
  // MySQL would read a backslash in a text as an escape.
  const things = Array.from({ length: rowsInAll }, (_, index) => {
    const id = index + 1;
    const note = id === 4 ? `''` : id === 3 ? 'NULL' : `'note ${id}'`;
    return `(${id}, 'word ${id}', ${note}, '${id}.1000', ${id}.5, 1.25, '2024-02-29 12:00:00.123456', 'c${id % 9}', ${bytesOf(kind, '00ff10')}, '{"b": [1, 2.5], "a": "x${id}"}')`;
  });
  return `
    CREATE TABLE things (id integer PRIMARY KEY, word varchar(40), note text, amount ${amount}, weight ${weight},
      ratio ${ratio}, moment ${moment}, code ${code}, data ${data}, document ${document});
    INSERT INTO things VALUES ${things.join(',\n')};
    CREATE TABLE log (level integer, line varchar(40));
    INSERT INTO log VALUES (1, 'once'), (2, 'twice'), (2, 'twice'), (3, 'thrice'), (3, 'thrice'), (3, 'thrice');
    CREATE TABLE parent (id integer PRIMARY KEY, name varchar(20));
    CREATE TABLE child (id integer PRIMARY KEY, parent_id integer, FOREIGN KEY (parent_id) REFERENCES parent (id));
    INSERT INTO parent VALUES (1, 'one'), (2, 'two');
    INSERT INTO child VALUES (10, 1), (20, 2);
  `;
}

const change = (id: number, set: string) => `UPDATE things SET ${set} WHERE id = ${id};\n`;

const plantedScript = (kind: DatabaseKind) => `
  ${change(1, `word = 'Word 1'`)}
  ${change(2, `word = 'word 2 '`)}
  ${change(3, `note = ''`)}
  ${change(4, 'note = NULL')}
  ${change(5, `amount = '5.1001'`)}
  ${change(6, 'weight = 6.500000000000001')}
  ${change(7, 'ratio = 1.2500001')}
  ${change(8, `moment = '2024-02-29 12:00:00.123457'`)}
  ${change(9, `code = 'c8'`)}
  ${change(10, `data = ${bytesOf(kind, '00ff11')}`)}
  ${change(11, `document = '{"b": [1, 2.5], "a": "x12"}'`)}
  ${change(12, `document = '{"a": "x12", "b": [1, 2.50]}'`)}
  DELETE FROM things WHERE id = 250;
  INSERT INTO things (id, word) VALUES (-1, 'new');
  INSERT INTO log VALUES (1, 'once');
  DELETE FROM log WHERE level = 3;
  INSERT INTO log VALUES (3, 'thrice'), (3, 'thrice');
  DELETE FROM child WHERE id = 10;
  DELETE FROM parent WHERE id = 1;
  INSERT INTO parent VALUES (3, 'three');
  INSERT INTO child VALUES (30, 3);
`;

/** `changed 7 ratio` */
const describeRows = (table: ComparedTable) =>
  table.rows
    .map(({ kind, key, cells }) => [kind, key[0]!.value, ...cells.map(({ column }) => column)].join(' '))
    .toSorted();

async function compare(work: typeof verifyConvert, source: ConnectionSettings, target: ConnectionSettings) {
  const compared: Record<string, ComparedTable> = {};
  const onEvent = (event: RunEvent) => void (event.type === 'compared' && (compared[event.table.name] = event.table));
  await work(convertRequest(source, target, {}, { onEvent }));
  return compared;
}

for (const source of databaseKinds) {
  for (const target of databaseKinds) {
    const title = `from ${databaseTitles[source]} to ${databaseTitles[target]}`;
    describeServers(title, [...new Set([...serversOf(source), ...serversOf(target)])], () => {
      test('each difference is found, and mended where its row has a key', { timeout: 120_000 }, async () => {
        await using origin = await createScratchDatabase(source);
        await using database = await createScratchDatabase(target);
        const ends = [origin.settings, database.settings] as const;
        await runScript(origin.settings, sourceScript(source));
        await convert(...ends);
        const before = await compare(verifyConvert, ...ends);
        expect(Object.values(before).map(({ name, differences }) => `${name} ${differences}`)).toEqual([
          'child 0',
          'log 0',
          'parent 0',
          'things 0',
        ]);

        await runScript(database.settings, plantedScript(target));
        const found = await compare(verifyConvert, ...ends);
        expect(describeRows(found['things']!)).toEqual(
          [
            'changed 1 word',
            'changed 2 word',
            'changed 3 note',
            'changed 4 note',
            'changed 5 amount',
            'changed 6 weight',
            'changed 7 ratio',
            'changed 8 moment',
            'changed 9 code',
            'changed 10 data',
            'changed 11 document',
            'missing 250',
            'extra -1',
          ].toSorted(),
        );
        expect(found['things']).toMatchObject({ sourceRows: rowsInAll, targetRows: rowsInAll, hasMore: false });
        expect(describeRows(found['log']!)).toEqual(['extra 1', 'missing 3']);
        expect(describeRows(found['parent']!)).toEqual(['extra 3', 'missing 1']);
        expect(describeRows(found['child']!)).toEqual(['extra 30', 'missing 10']);

        const mended = await compare(repairConvert, ...ends);
        expect(mended).toMatchObject({
          things: { differences: 0, repaired: 13, problem: null },
          parent: { differences: 0, repaired: 2 },
          child: { differences: 0, repaired: 2 },
          log: { differences: 2, repaired: 0, problem: expect.stringContaining('no primary key') as string },
        });
        const after = await compare(verifyConvert, ...ends);
        expect(describeRows(after['log']!)).toEqual(['extra 1', 'missing 3']);
        expect([after['things'], after['parent'], after['child']].map((table) => table!.differences)).toEqual([
          0, 0, 0,
        ]);
      });
    });
  }
}
