/** Rows that travel in row binary, from each server to PostgreSQL: of all sizes, and where a value makes the text be read instead. */
import { expect, test } from 'vitest';
import { databaseTitles } from '../../src/shared/model/database-kind.ts';
import { compareDatabases } from '../support/compare-databases.ts';
import { copyDatabase } from '../support/copy-database.ts';
import { runScript } from '../support/database-clients.ts';
import { describeServers } from '../support/needs.ts';
import { createScratchDatabase, serversOf } from '../support/scratch-database.ts';

const inBinary = { rowForm: 'binary' } as const;
const asText = { rowForm: 'text' } as const;

const mysqlTypes = { text: 'longtext', bytes: 'longblob', moment: 'datetime(6)', bad: `'2010-00-15'` };
const mysqlNumbers = (count: number) =>
  `(WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < ${count}) SELECT n FROM s) AS numbers`;
const mysqlBytes = (hex: string) => `X'${hex}'`;

/** What a source says differently. `bad`: a date that the target, or the check below, refuses. */
const sources = [
  {
    kind: 'postgresql',
    types: { text: 'text', bytes: 'bytea', moment: 'timestamp', bad: `date 'infinity'` },
    numbers: (count: number) => `generate_series(1, ${count}) AS numbers (n)`,
    bytes: (hex: string) => `'\\x${hex}'::bytea`,
    before: '',
  },
  {
    kind: 'mysql',
    types: mysqlTypes,
    numbers: mysqlNumbers,
    bytes: mysqlBytes,
    before: `SET sql_mode = '', cte_max_recursion_depth = 100000;`,
  },
  {
    kind: 'mariadb',
    types: mysqlTypes,
    numbers: mysqlNumbers,
    bytes: mysqlBytes,
    before: `SET sql_mode = '', max_recursive_iterations = 100000;`,
  },
] as const;

for (const { kind, types, numbers, bytes, before } of sources) {
  describeServers(
    `row binary from ${databaseTitles[kind]}`,
    [...new Set([...serversOf(kind), ...serversOf('postgresql')])],
    () => {
      /** `longest`: characters of the longest text. */
      const fill = (rows: number, longest: number) => `${before}
      CREATE TABLE item (id bigint PRIMARY KEY, name ${types.text}, data ${types.bytes}, price decimal(20, 6), weight double precision, made ${types.moment});
      INSERT INTO item SELECT n, CASE WHEN n % 7 <> 0 THEN repeat('x€\\\\', n * n * 97 % ${longest} / 3) END,
        CASE WHEN n % 5 <> 0 THEN ${bytes('00ff0a5c09')} END, (n - 40) * 1234567.890123, (n - 40) / 7e0,
        CASE WHEN n % 3 <> 0 THEN timestamp '2024-02-29 12:34:56.789012' ELSE timestamp '1000-12-31 00:00:00' END FROM ${numbers(rows)};\n`;

      test('rows of all sizes arrive as they are', async () => {
        await using origin = await createScratchDatabase(kind);
        await using text = await createScratchDatabase('postgresql');
        await using binary = await createScratchDatabase('postgresql');
        await runScript(origin.settings, fill(80, 120_000));
        const read = await copyDatabase(origin.settings, text.settings, {}, asText);
        const copied = await copyDatabase(origin.settings, binary.settings, {}, inBinary);
        expect(await compareDatabases(text.settings, binary.settings)).toEqual([]);
        expect(copied.result.rows).toBe(80);
        // The two forms of the same rows have different sizes.
        expect(copied.result.bytes).not.toBe(read.result.bytes);
      });

      test('a table with a row too large to hold travels as text', async () => {
        await using origin = await createScratchDatabase(kind);
        await using text = await createScratchDatabase('postgresql');
        await using binary = await createScratchDatabase('postgresql');
        await runScript(origin.settings, fill(20, 5_000));
        await runScript(origin.settings, `UPDATE item SET name = repeat('y', 1500000) WHERE id = 10;\n`);
        const read = await copyDatabase(origin.settings, text.settings, {}, asText);
        const copied = await copyDatabase(origin.settings, binary.settings, {}, inBinary);
        expect(await compareDatabases(text.settings, binary.settings)).toEqual([]);
        expect(copied.result.bytes).toBe(read.result.bytes);
      });

      test('rows that are refused are found, and counted once', async () => {
        await using origin = await createScratchDatabase(kind);
        await using target = await createScratchDatabase('postgresql');
        const rows = 3000;
        await runScript(
          origin.settings,
          `${before} CREATE TABLE event (id bigint PRIMARY KEY, day date);
         INSERT INTO event SELECT n, CASE WHEN n = 1500 THEN ${types.bad} ELSE date '2024-02-29' END FROM ${numbers(rows)};\n`,
        );
        await runScript(
          target.settings,
          `CREATE TABLE event (id bigint PRIMARY KEY, day date CHECK (day < '9999-12-31'));\n`,
        );
        const { result, events } = await copyDatabase(
          origin.settings,
          target.settings,
          { onRowError: 'skip' },
          inBinary,
        );
        expect(result).toMatchObject({ status: 'FINISHED', rows: rows - 1, failed: 1 });
        const errors = events.flatMap((event) => (event.type === 'row-error' ? [event.error.values[0]] : []));
        expect(errors).toEqual(['1500']);
        const last = events.findLast((event) => event.type === 'progress');
        expect(last).toMatchObject({ readRows: rows });
      });
    },
  );
}
