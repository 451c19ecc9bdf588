/** Public sample databases, loaded by their own scripts and copied to every kind of database. */
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { databaseKinds, databaseTitles, type DatabaseKind } from '../../src/shared/model/database-kind.ts';
import { compareDatabases } from '../support/compare-databases.ts';
import { copyDatabase } from '../support/copy-database.ts';
import { runScript } from '../support/database-clients.ts';
import { describeServers, describeSharedData } from '../support/needs.ts';
import { createScratchDatabase, serversOf, type ScratchDatabase } from '../support/scratch-database.ts';

const samples: readonly { readonly kind: DatabaseKind; readonly file: string; readonly rows: number }[] = [
  { kind: 'sqlite', file: 'chinook.sqlite', rows: 15_607 },
  { kind: 'mysql', file: 'chinook.mysql.sql', rows: 15_607 },
  { kind: 'mariadb', file: 'chinook.mysql.sql', rows: 15_607 },
  { kind: 'postgresql', file: 'chinook.postgres.sql', rows: 15_607 },
  { kind: 'postgresql', file: 'northwind.postgres.sql', rows: 3_362 },
];

describeSharedData('sample databases', (folder) => {
  for (const { kind, file, rows } of samples) {
    describeServers(`${file} in ${databaseTitles[kind]}`, serversOf(kind), () => {
      let origin: ScratchDatabase;
      beforeAll(async () => {
        origin = await createScratchDatabase(kind);
        await load(origin, join(folder, file));
      });
      afterAll(() => origin[Symbol.asyncDispose]());
      for (const target of databaseKinds) {
        describeServers(`to ${databaseTitles[target]}`, serversOf(target), () => {
          test('arrives cell by cell', async () => {
            await using database = await createScratchDatabase(target);
            const { result } = await copyDatabase(origin.settings, database.settings);
            expect(result.rows).toBe(rows);
            expect(await compareDatabases(origin.settings, database.settings)).toEqual([]);
          });
        });
      }
    });
  }
});

async function load({ settings }: ScratchDatabase, file: string): Promise<void> {
  if (settings.kind === 'sqlite') {
    await copyFile(file, settings.path);
    return;
  }
  const script = await readFile(file, 'utf8');
  // The scripts make a database of a fixed name; ours stands already.
  await runScript(settings, script.replace(/^(DROP DATABASE|CREATE DATABASE|USE|\\c) .*$/gm, ''));
}
