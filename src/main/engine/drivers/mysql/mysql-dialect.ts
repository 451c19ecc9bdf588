/** SQL and types of MySQL and MariaDB. */
import type { Dialect } from '../../driver/dialect.ts';
import { fitReferring, foreignKeyProblem } from './referring-columns.ts';
import { wholeNumberKey } from '../../driver/whole-number-key.ts';
import { adaptTable } from './adapt-table.ts';
import { exactCollation } from './mysql-collations.ts';
import { ruledDoubt } from './mysql-doubt.ts';
import type { MysqlKind } from './mysql-flavour.ts';
import { nameLimits, quoteName, quoteTable, quoteText, tableLimits } from './mysql-names.ts';
import { renameDrawn, sequenceStatements } from './mariadb-sequences.ts';
import { mysqlIdiom } from './mysql-idiom.ts';
import { mysqlTypeDocs } from './mysql-type-docs.ts';
import {
  counterStatements,
  createTable,
  foreignKeyStatements,
  joinAlters,
  lateStatements,
} from './table-statements.ts';
import { viewStatements } from './mysql-views.ts';
import { widthProblem } from './mysql-width.ts';

/** Each statement costs more than what it finds out about a small table. */
const analyzedTogether = 50;

export const mysqlDialect = (kind: MysqlKind): Dialect => ({
  names: { table: tableLimits, column: nameLimits, index: nameLimits },
  exactText: (length) => `VARCHAR(${length}) CHARACTER SET utf8mb4 COLLATE ${exactCollation}`,
  indexNamesPer: 'table',
  foreignKeyNamesPer: 'database',
  idiom: mysqlIdiom,
  quoteName,
  quoteTable,
  quoteText,
  doubt: ruledDoubt,
  adapt: (table, context) => adaptTable(table, kind, context),
  wholeNumberKey,
  widthProblem,
  createTable: (table) => createTable(table, kind),
  lateStatements: (table) => lateStatements(table, kind),
  // The rows are read once for all indexes, and copied once for all foreign keys.
  joinsLate: { of: 'table', join: joinAlters },
  foreignKeyStatements,
  counterStatements: (table) => counterStatements(table, kind),
  createsCounters: true,
  finishStatements: (tables) =>
    Array.from({ length: Math.ceil(tables.length / analyzedTogether) }, (_, part) => {
      const some = tables.slice(part * analyzedTogether, (part + 1) * analyzedTogether);
      return `ANALYZE TABLE ${some.map(({ name }) => quoteTable(name)).join(', ')}`;
    }),
  viewStatements,
  dropView: ({ name }) => `DROP VIEW ${quoteTable(name)}`,
  makeTransactional: ({ name, traits }) =>
    traits.includes('no-transactions') ? `ALTER TABLE ${quoteTable(name)} ENGINE = InnoDB` : null,
  // TRUNCATE would commit, and is refused where a foreign key points to the table.
  emptyUnchecked: (table) => `DELETE FROM ${quoteTable(table)}`,
  emptyTable: (table) => `DELETE FROM ${quoteTable(table)}`,
  dropTable: (table) => `DROP TABLE ${quoteTable(table)}`,
  fitReferring,
  foreignKeyProblem,
  sequenceStatements: (sequence) => (kind === 'mariadb' ? sequenceStatements(sequence) : null),
  renameSequences: renameDrawn,
  dropForeignKey: (table, { name }) => [`ALTER TABLE ${quoteTable(table)} DROP FOREIGN KEY ${quoteName(name!)}`],
  typeDocs: mysqlTypeDocs,
});
