/** Rows that a target refuses: found one by one, reported with their values, and never half stored. */
import { expect, test } from 'vitest';
import { databaseTitles, type DatabaseKind } from '../../src/shared/model/database-kind.ts';
import { copyDatabase } from '../support/copy-database.ts';
import { readRows, runScript } from '../support/database-clients.ts';
import { describeServers } from '../support/needs.ts';
import { createScratchDatabase, serversOf } from '../support/scratch-database.ts';

/** A column type of each source with a value that the targets refuse under the default rules, and one they take. */
const refusals: readonly {
  readonly source: DatabaseKind;
  readonly targets: readonly DatabaseKind[];
  readonly type: string;
  readonly good: string;
  readonly bad: string;
}[] = [
  { source: 'postgresql', targets: ['mysql', 'mariadb'], type: 'date', good: '2024-02-29', bad: 'infinity' },
  { source: 'postgresql', targets: ['mysql', 'mariadb', 'sqlite'], type: 'float8', good: '1.5', bad: 'NaN' },
  { source: 'mysql', targets: ['postgresql'], type: 'date', good: '2024-02-29', bad: '2010-00-15' },
  { source: 'mariadb', targets: ['postgresql'], type: 'date', good: '2024-02-29', bad: '0000-00-00' },
  { source: 'sqlite', targets: ['postgresql', 'mysql', 'mariadb'], type: 'VARCHAR(3)', good: 'abc', bad: 'abcd' },
];

/** Bad rows first, last, and next to each other. */
const rowsInAll = 500;
const badIds = [1, 2, 250, 500];

for (const { source, targets, type, good, bad } of refusals) {
  for (const target of targets) {
    const title = `${type} from ${databaseTitles[source]} to ${databaseTitles[target]}`;
    describeServers(title, [...new Set([...serversOf(source), ...serversOf(target)])], () => {
      const inserts = Array.from({ length: rowsInAll }, (_, index) => {
        return `INSERT INTO picky VALUES (${index + 1}, '${badIds.includes(index + 1) ? bad : good}');\n`;
      });
      const script = `CREATE TABLE picky (id integer PRIMARY KEY, v ${type});\nBEGIN;\n${inserts.join('')}COMMIT;\n`;

      test('skipped rows are reported, and all others arrive', async () => {
        await using origin = await createScratchDatabase(source);
        await using database = await createScratchDatabase(target);
        await runScript(origin.settings, script);
        const { result, events } = await copyDatabase(origin.settings, database.settings, { onRowError: 'skip' });
        expect(result).toMatchObject({ status: 'FINISHED', rows: rowsInAll - badIds.length, failed: badIds.length });
        const errors = events.flatMap((event) => (event.type === 'row-error' ? [event.error] : []));
        expect(errors.map(({ values }) => Number(values[0])).toSorted((left, right) => left - right)).toEqual(badIds);
        expect(errors.every(({ table, values }) => table === 'picky' && values[1] === bad)).toBe(true);
        const { rows } = await readRows(database.settings, ['SELECT count(*), min(id), max(id) FROM picky']);
        expect(rows).toEqual([[String(rowsInAll - badIds.length), '3', '499']]);
      });

      test('a run that must not skip stores nothing of the table', async () => {
        await using origin = await createScratchDatabase(source);
        await using database = await createScratchDatabase(target);
        await runScript(origin.settings, script);
        await expect(copyDatabase(origin.settings, database.settings)).rejects.toMatchObject({
          code: 'rows_refused',
          message: expect.stringContaining('picky') as string,
        });
        const { rows } = await readRows(database.settings, ['SELECT count(*) FROM picky']);
        expect(rows).toEqual([['0']]);
      });

      test('more refused rows than allowed end the run', async () => {
        await using origin = await createScratchDatabase(source);
        await using database = await createScratchDatabase(target);
        await runScript(origin.settings, script);
        const limited = copyDatabase(origin.settings, database.settings, { onRowError: 'skip', maxRowErrors: 3 });
        await expect(limited).rejects.toMatchObject({ code: 'too_many_row_errors' });
      });
    });
  }
}
