import type { Dialect } from '../../driver/dialect.ts';
import { wholeNumberKey } from '../../driver/whole-number-key.ts';
import type { TableName, TableSchema } from '../../model/table-schema.ts';
import { needsOf } from './postgres-facilities.ts';
import { fitReferring, foreignKeyProblem } from './postgres-referring-columns.ts';
import { adaptTable } from './postgres-adapt.ts';
import { createTableStatements, doBlock } from './postgres-ddl.ts';
import { foreignKeyStatement, lateTableStatements } from './postgres-late-statements.ts';
import { nameLimits, quoteName, quoteTable, quoteText } from './postgres-names.ts';
import { postgresIdiom } from './postgres-idiom.ts';
import { postgresTypeDocs } from './postgres-type-docs.ts';
import { renameDrawn, sequenceStatements, setting } from './postgres-sequences.ts';
import { viewStatements } from './postgres-views.ts';
import { widthProblem } from './postgres-width.ts';

export const postgresDialect: Dialect = {
  names: { table: nameLimits, column: nameLimits, index: nameLimits },
  indexNamesPer: 'schema',
  foreignKeyNamesPer: 'table',
  idiom: postgresIdiom,
  quoteName,
  quoteTable,
  quoteText,
  doubt({ type, nativeType }) {
    const isUnbounded = type.kind === 'decimal' && type.precision === null && nativeType === 'numeric';
    return isUnbounded ? { question: 'digits', ifProven: type } : null;
  },
  adapt: adaptTable,
  wholeNumberKey,
  widthProblem,
  needsOf,
  createTable: createTableStatements,
  lateStatements: lateTableStatements,
  // Statements sent together are one transaction, and wait for the disk once.
  joinsLate: { of: 'small tables', join: (sqls) => sqls.join(';\n') },
  // Partitioned tables take no NOT VALID before PostgreSQL 18: the key is left to the finding that carries it.
  foreignKeyStatements: (table, key, validate) =>
    table.partitioning && !validate ? [] : [foreignKeyStatement(table, key, validate)],
  counterStatements,
  createsCounters: false,
  sequenceStatements,
  renameSequences: renameDrawn,
  finishStatements: (tables) => tables.map((table) => `ANALYZE ${quoteTable(table.name)}`),
  viewStatements,
  dropView: ({ isMaterialized, name }) => `DROP ${isMaterialized ? 'MATERIALIZED ' : ''}VIEW ${quoteTable(name)}`,
  emptyTable,
  // The keys of others forbid TRUNCATE, whether they are looked at or not.
  emptyUnchecked: (table) => `DELETE FROM ${quoteTable(table)}`,
  dropTable: (table) => `DROP TABLE ${quoteTable(table)}`,
  fitReferring,
  foreignKeyProblem,
  dropForeignKey: (table, { name }) => [`ALTER TABLE ${quoteTable(table)} DROP CONSTRAINT ${quoteName(name!)}`],
  typeDocs: postgresTypeDocs,
};

/** Largest values of the types that identity columns have. */
const limits: Record<string, string> = { smallint: '32767', integer: '2147483647', bigint: '9223372036854775807' };
const lowest = '-9223372036854775808';

function counterStatements(table: TableSchema): string[] {
  return table.columns.flatMap(({ name, nativeType, identity }) => {
    if (!identity) return [];
    // Others draw from it too: it never goes back.
    if (identity.drawsFromOther && identity.sequence)
      return sequenceStatements({ ...identity.sequence, next: identity.next }).advance;
    const sequence = sequenceOf(table.name, name);
    if (identity.next === null) {
      const largest = `(SELECT coalesce(max(${quoteName(name)}), 0) + 1 FROM ${quoteTable(table.name)})`;
      return [`SELECT setval(${sequence}, ${largest}::bigint, false)`];
    }
    const ends = { increment: identity.increment, minimum: lowest, maximum: limits[nativeType] ?? limits['bigint']! };
    return [`SELECT setval(${sequence}, ${setting(identity.sequence ?? ends, identity.next)})`];
  });
}

/** The sequence that a column owns, or else the one that its default draws from. */
function sequenceOf(table: TableName, column: string): string {
  const relation = quoteText(quoteTable(table));
  return (
    `coalesce(pg_get_serial_sequence(${relation}, ${quoteText(column)})::regclass, ` +
    `(SELECT d.refobjid::regclass FROM pg_catalog.pg_attrdef f JOIN pg_catalog.pg_attribute a ` +
    `ON a.attrelid = f.adrelid AND a.attnum = f.adnum JOIN pg_catalog.pg_depend d ` +
    `ON d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.objid = f.oid ` +
    `JOIN pg_catalog.pg_class s ON s.oid = d.refobjid AND s.relkind = 'S' ` +
    `WHERE f.adrelid = ${relation}::regclass AND a.attname = ${quoteText(column)} LIMIT 1))`
  );
}

/**
 * TRUNCATE where no other table refers to this one. Otherwise PostgreSQL allows it only with CASCADE, which empties the
 * others too; DELETE then, unless that would reach rows of others through ON DELETE.
 */
function emptyTable(table: TableName): string {
  const name = quoteTable(table);
  const relation = `${quoteText(name)}::regclass`;
  return doBlock(`DECLARE key record; refers boolean := false; reached boolean; kind "char"; BEGIN
  FOR key IN SELECT conrelid::regclass AS child, confdeltype FROM pg_catalog.pg_constraint
    WHERE contype = 'f' AND confrelid = ${relation} AND conrelid <> confrelid LOOP
    refers := true;
    IF key.confdeltype IN ('c', 'n', 'd') THEN
      EXECUTE format('SELECT EXISTS (SELECT FROM %s)', key.child) INTO reached;
      IF reached THEN RAISE foreign_key_violation USING MESSAGE = format('emptying %s would change rows of %s through ON DELETE: empty that table first', ${relation}, key.child);
      END IF;
    END IF;
  END LOOP;
  SELECT relkind INTO kind FROM pg_catalog.pg_class WHERE oid = ${relation};
  IF refers AND kind = 'p' THEN DELETE FROM ${name};
  ELSIF refers THEN DELETE FROM ONLY ${name};
  ELSIF kind = 'p' THEN TRUNCATE ${name};
  ELSE TRUNCATE ONLY ${name};
  END IF;
END`);
}
