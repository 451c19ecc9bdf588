/** PostgreSQL to PostgreSQL: the structure that is made is the one that was read. */
import { expect, test } from 'vitest';
import type { Session } from '../../../src/main/engine/driver/driver.ts';
import { postgresDialect } from '../../../src/main/engine/drivers/postgres/postgres-dialect.ts';
import { sequenceStatements } from '../../../src/main/engine/drivers/postgres/postgres-sequences.ts';
import type { TableSchema } from '../../../src/main/engine/model/table-schema.ts';
import { describeEachServer } from '../../support/needs.ts';
import { createDatabase } from '../../support/databases.ts';
import { bothVersions, openSession, rules } from './open-database.ts';
import { richSchema } from './rich-schema.ts';

const adapt = (table: TableSchema) =>
  postgresDialect.adapt(table, {
    sourceFamily: 'postgres',
    sameKind: true,
    rules,
    label: table.name.name,
    defaultSchema: 'public',
    translate: (sql) => sql,
    lacking: new Set(),
  });

async function makeAll(tables: readonly TableSchema[], target: Session): Promise<void> {
  // All at once, as a run with several tables that share types may.
  await Promise.all(
    tables.map(async (table) => {
      for (const sql of postgresDialect.createTable(table)) await target.execute(sql);
    }),
  );
  for (const table of tables) for (const { sql } of postgresDialect.lateStatements(table)) await target.execute(sql);
  for (const table of tables) {
    for (const key of table.foreignKeys)
      for (const { sql } of postgresDialect.foreignKeyStatements(table, key, key.validated)) await target.execute(sql);
    for (const sql of postgresDialect.counterStatements(table)) await target.execute(sql);
    for (const sql of postgresDialect.finishStatements([table])) await target.execute(sql);
  }
}

describeEachServer('the structure of a table', bothVersions, (server) => {
  test('is the same after it was made again', async () => {
    await using from = await createDatabase(server);
    await using to = await createDatabase(server);
    await from.execute(richSchema);
    await using source = await openSession(from, 'source');
    await using target = await openSession(to, 'target');
    const names = (await source.catalog.tables()).map((listing) => listing.name);
    const tables = await source.catalog.describe(names);
    const adapted = tables.map(adapt);
    for (const [index, { wires }] of adapted.entries())
      expect(wires.map((wire) => wire.kind)).toEqual(tables[index]!.columns.map(() => 'native'));
    const sequences = await source.catalog.sequences();
    for (const sequence of sequences) for (const sql of sequenceStatements(sequence).create) await target.execute(sql);
    await makeAll(
      adapted.map(({ schema }) => schema),
      target,
    );
    for (const sequence of sequences) for (const sql of sequenceStatements(sequence).advance) await target.execute(sql);
    expect(await target.catalog.sequences()).toEqual(sequences);
    const again = await target.catalog.describe(names);
    // Numbers that a sequence gave become those of an identity column, and inheritance ends.
    expect(again.map(comparable)).toEqual(tables.map(comparable));
    expect(adapted.flatMap(({ findings }) => findings.map((finding) => finding.code))).toEqual(['inheritance_dropped']);
  });
});

function comparable(table: TableSchema): object {
  const traits = table.traits.filter((trait) => !trait.startsWith('inherit'));
  return { ...table, traits, indexes: table.indexes.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}
