import type { Catalog, TableListing } from '../../driver/catalog.ts';
import type { ServerFacts } from '../../driver/driver.ts';
import { schemasSql, tablesSql } from './postgres-catalog-sql.ts';
import type { PostgresConnection, TextRow } from './postgres-connection.ts';
import { describeTables } from './postgres-describe.ts';
import { readFacilities } from './postgres-facilities.ts';
import { quoteTable } from './postgres-names.ts';
import { readObjects } from './postgres-objects.ts';
import { profileTable, profileTables } from './postgres-profile.ts';
import { describeQuery } from './postgres-query.ts';
import { splitRanges } from './postgres-ranges.ts';
import { readSequences } from './postgres-sequences.ts';
import { readViews } from './postgres-views.ts';

export interface CatalogContext {
  readonly server: ServerFacts;
  readonly defaultSchema: string;
  /** Runs work on a connection that nobody else uses meanwhile. */
  use<Result>(work: (connection: PostgresConnection) => Promise<Result>): Promise<Result>;
}

export function postgresCatalog({ server, defaultSchema, use }: CatalogContext): Catalog {
  const version = server.versionNumber;
  return {
    defaultSchema,
    schemas: () => use(async (connection) => (await connection.rows(schemasSql)).map((row) => row[0]!)),
    tables: () => use(async (connection) => (await connection.rows(tablesSql)).map(listing)),
    describe: (tables) => use((connection) => describeTables(connection, version, defaultSchema, tables)),
    describeQuery: (sql) => use((connection) => describeQuery(connection, sql)),
    views: () => use((connection) => readViews(connection, version)),
    sequences: () =>
      use(async (connection) => [...(await readSequences(connection, null)).values()].map(({ sequence }) => sequence)),
    objects: () => use((connection) => readObjects(connection)),
    facilities: () => use((connection) => readFacilities(connection, version)),
    profile: (table, request) => use((connection) => profileTable(connection, version, table, request)),
    profileTogether: (questions) => use((connection) => profileTables(connection, version, questions)),
    splitRanges: (plan, limits) => use((connection) => splitRanges(connection, version, plan, limits)),
    isEmpty: (table) =>
      use(async (connection) => {
        const [row] = await connection.rows(`SELECT NOT EXISTS (SELECT FROM ${quoteTable(table)})`);
        return row![0] === 't';
      }),
  };
}

function listing([schema, name, kind, known, rows, bytes]: TextRow): TableListing {
  return {
    name: { schema: schema!, name: name! },
    kind: kind === 'p' ? 'partitioned' : 'table',
    estimatedRows: known === 't' ? Number(rows) : null,
    estimatedBytes: Number(bytes),
  };
}
