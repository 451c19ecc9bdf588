/** Tables of very many columns, through all pairs in which they can exist; where they cannot, that is said before anything is made. */
import { expect, test } from 'vitest';
import { planConvert } from '../../src/main/engine/copy/convert.ts';
import { databaseKinds, type DatabaseKind } from '../../src/shared/model/database-kind.ts';
import type { ConnectionSettings } from '../../src/shared/model/connection.ts';
import { listTables } from '../support/client-catalog.ts';
import { convert, convertRequest } from '../support/convert.ts';
import { readRows, runScript } from '../support/database-clients.ts';
import { describeServers } from '../support/needs.ts';
import { createScratchDatabase, serversOf } from '../support/scratch-database.ts';

/** The servers take seconds for such a table on a machine that does other things too. */
const timeout = 120_000;

const columns = (count: number, type: string) => Array.from({ length: count }, (_, index) => `c${index} ${type}`);

/** A table of `count` columns with an empty row, a full one and one that is half full. */
function wideTable(count: number, type: string): string {
  const row = (value: (index: number) => string) =>
    `(${Array.from({ length: count }, (_, index) => value(index)).join(', ')})`;
  const rows = [
    row((index) => (index === 0 ? '1' : 'NULL')),
    row((index) => String(index + 2)),
    row((index) => (index % 2 === 0 ? String(-index - 3) : 'NULL')),
  ];
  return `CREATE TABLE wide (${columns(count, type).join(', ')}, PRIMARY KEY (c0));\nINSERT INTO wide VALUES ${rows.join(', ')};\n`;
}

/** Rows as each database's client prints them, in parts that a result can hold. */
async function wideRows(database: ConnectionSettings, count: number): Promise<(string | null)[][]> {
  const parts: (string | null)[][] = [];
  for (let start = 0; start < count; start += 500) {
    const names = Array.from({ length: Math.min(500, count - start) }, (_, index) => `c${start + index}`);
    const { rows, errors } = await readRows(database, [`SELECT ${names.join(', ')} FROM wide ORDER BY c0`]);
    expect(errors).toBe('');
    parts.push(...rows.map((row) => row.map((value) => (value === '' || value === 'NULL' ? null : value))));
  }
  return parts;
}

for (const from of databaseKinds) {
  describeServers(`1,000 columns from ${from}`, databaseKinds.flatMap(serversOf), () => {
    test.each(databaseKinds)('to %s', { timeout }, async (to) => {
      await using source = await createScratchDatabase(from);
      await using target = await createScratchDatabase(to);
      await runScript(source.settings, wideTable(1000, 'int'));
      const { result } = await convert(source.settings, target.settings);
      expect(result.rows).toBe(3);
      expect(await wideRows(target.settings, 1000)).toEqual(await wideRows(source.settings, 1000));
    });
  });
}

const limits: readonly (readonly [DatabaseKind, number, DatabaseKind, string | null])[] = [
  ['sqlite', 2000, 'sqlite', null],
  ['postgresql', 1600, 'sqlite', null],
  ['sqlite', 2000, 'postgresql', 'has 2000 columns, and PostgreSQL takes 1600 at most'],
  ['sqlite', 1018, 'mysql', 'has 1018 columns, and InnoDB takes 1017 at most'],
  ['postgresql', 1018, 'mariadb', 'has 1018 columns, and InnoDB takes 1017 at most'],
];

for (const [from, count, to, refusal] of limits) {
  describeServers(`${count} columns from ${from}`, [...new Set([...serversOf(from), ...serversOf(to)])], () => {
    test(
      `to ${to} ${refusal === null ? 'are copied' : 'are refused before anything is made'}`,
      { timeout },
      async () => {
        await using source = await createScratchDatabase(from);
        await using target = await createScratchDatabase(to);
        await runScript(source.settings, wideTable(count, 'smallint'));
        const run = convert(source.settings, target.settings);
        if (refusal === null) {
          expect((await run).result.rows).toBe(3);
          expect(await wideRows(target.settings, count)).toEqual(await wideRows(source.settings, count));
          return;
        }
        await expect(run).rejects.toMatchObject({
          code: 'refused_by_preflight',
          message: expect.stringContaining(refusal),
        });
        expect(await listTables(target.settings)).toEqual([]);
      },
    );
  });
}

describeServers('rows wider than a page', databaseKinds.flatMap(serversOf), () => {
  test.each([
    ['postgresql', 'PostgreSQL holds at most 8160 bytes'],
    ['mysql', 'InnoDB holds at most 8126'],
    ['mariadb', 'InnoDB holds at most 8126'],
  ] as const)('are announced for %s', async (to, words) => {
    await using source = await createScratchDatabase('sqlite');
    await using target = await createScratchDatabase(to);
    await runScript(source.settings, `CREATE TABLE wide (${columns(600, 'text').join(', ')});\n`);
    const { findings } = await planConvert(convertRequest(source.settings, target.settings));
    expect(findings).toContainEqual(
      expect.objectContaining({
        severity: 'warning',
        code: 'row_may_not_fit',
        message: expect.stringContaining(words),
      }),
    );
  });
});
