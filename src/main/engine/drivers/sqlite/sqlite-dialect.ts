import type { Dialect } from '../../driver/dialect.ts';
import { adaptTable } from './sqlite-adapt.ts';
import { doubtOf } from './sqlite-doubt.ts';
import { sqliteIdiom } from './sqlite-idiom.ts';
import { columnLimits, indexLimits, quoteName, quoteText, rowidKey, tableLimits } from './sqlite-names.ts';
import { counterStatements, createTable, foreignKeyCheck, lateStatements } from './sqlite-statements.ts';
import { sqliteTypeDocs } from './sqlite-type-docs.ts';
import { viewStatements } from './sqlite-views.ts';
import { widthProblem } from './sqlite-width.ts';

const mostAnalyzedApart = 200;

export const sqliteDialect: Dialect = {
  names: { table: tableLimits, column: columnLimits, index: indexLimits },
  indexNamesPer: 'schema',
  foreignKeyNamesPer: 'table',
  idiom: sqliteIdiom,
  quoteName,
  quoteTable: ({ name }) => quoteName(name),
  quoteText,
  doubt: doubtOf,
  adapt: adaptTable,
  // Ranges are those of the rowid, which has another name where a key is one with it.
  wholeNumberKey: rowidKey,
  widthProblem,
  createTable,
  lateStatements,
  joinsLate: null,
  foreignKeyStatements: (table, key) => [foreignKeyCheck(table, key)],
  counterStatements,
  createsCounters: false,
  // Each ANALYZE of one table reads the statistics of all of them again.
  finishStatements: (tables) =>
    tables.length > mostAnalyzedApart ? ['ANALYZE'] : tables.map(({ name }) => `ANALYZE ${quoteName(name.name)}`),
  viewStatements,
  dropView: ({ name }) => `DROP VIEW ${quoteName(name.name)}`,
  emptyUnchecked: ({ name }) => `DELETE FROM ${quoteName(name)}`,
  emptyTable: ({ name }) => `DELETE FROM ${quoteName(name)}`,
  dropTable: ({ name }) => `DROP TABLE ${quoteName(name)}`,
  sequenceStatements: () => null,
  dropForeignKey: () => [],
  fitReferring: () => null,
  foreignKeyProblem: () => null,
  typeDocs: sqliteTypeDocs,
};
