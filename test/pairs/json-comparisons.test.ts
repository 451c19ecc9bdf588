/** JSON that the target writes in another way is equal, JSON that says something else is not, whatever the type of the source. */
import { expect, test } from 'vitest';
import { verifyConvert } from '../../src/main/engine/verify/verify-convert.ts';
import type { ComparedTable } from '../../src/shared/model/compared-table.ts';
import type { DatabaseKind } from '../../src/shared/model/database-kind.ts';
import { convert, convertRequest } from '../support/convert.ts';
import { runScript } from '../support/database-clients.ts';
import { describeServers } from '../support/needs.ts';
import { createScratchDatabase, serversOf } from '../support/scratch-database.ts';

/** No backslashes: MySQL would read them in its own way. */
const documents = ['{"b": 1.10, "a": [1e2, 0.1e1, -0]}', '  { "z" : { "y" : [ ] } } ', '{"x": 1, "x": 2}', '"x"'];

const cases: readonly { source: DatabaseKind; type: string; target: DatabaseKind; targetType?: string }[] = [
  { source: 'postgresql', type: 'json', target: 'postgresql', targetType: 'jsonb' },
  { source: 'postgresql', type: 'text', target: 'postgresql', targetType: 'jsonb' },
  { source: 'mysql', type: 'longtext', target: 'postgresql', targetType: 'jsonb' },
  { source: 'sqlite', type: 'text', target: 'mysql', targetType: 'json' },
  { source: 'postgresql', type: 'json', target: 'mysql' },
  { source: 'mariadb', type: 'json', target: 'postgresql' },
];

for (const { source, type, target, targetType } of cases) {
  const needs = [...new Set([...serversOf(source), ...serversOf(target)])];
  describeServers(`${type} of ${source} as ${targetType ?? 'json'} of ${target}`, needs, () => {
    test('is compared by value', async () => {
      await using origin = await createScratchDatabase(source);
      await using database = await createScratchDatabase(target);
      const rows = documents.map((text, id) => `(${id}, '${text}')`);
      await runScript(
        origin.settings,
        `CREATE TABLE note (id integer PRIMARY KEY, document ${type}); INSERT INTO note VALUES ${rows.join(', ')}`,
      );
      const options =
        targetType === undefined ? {} : { tables: [{ name: 'note', columnOptions: { document: { targetType } } }] };
      const compared = async () => {
        const found: ComparedTable[] = [];
        const request = convertRequest(origin.settings, database.settings, options, {
          onEvent: (event) => void (event.type === 'compared' && found.push(event.table)),
        });
        await verifyConvert(request);
        return found[0]!.rows.map(({ key }) => key[0]!.value).toSorted();
      };
      await convert(origin.settings, database.settings, options);
      expect(await compared()).toEqual([]);
      await runScript(
        database.settings,
        `UPDATE note SET document = '{"a": [100, 1, 0], "b": 1.11}' WHERE id = 0; UPDATE note SET document = '{"x": 1}' WHERE id = 2;
         UPDATE note SET document = '"X"' WHERE id = 3; UPDATE note SET document = '{"z":{"y":[]}}' WHERE id = 1`,
      );
      expect(await compared()).toEqual(['0', '2', '3']);
    });
  });
}
