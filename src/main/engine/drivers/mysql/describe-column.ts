/** One row of information_schema.COLUMNS as a column. Pure. */
import type { ColumnDefault, ColumnSchema, SequenceSchema } from '../../model/table-schema.ts';
import type { MysqlServer } from './mysql-flavour.ts';
import { columnDefault, printedExpression, withoutParentheses } from './mysql-expressions.ts';
import { quoteName } from './mysql-names.ts';
import { neutralType } from './mysql-types.ts';

export interface ColumnRow {
  readonly table: string;
  readonly name: string;
  readonly columnType: string;
  readonly nullable: boolean;
  readonly default: string | null;
  readonly extra: string;
  readonly expression: string | null;
  readonly collation: string | null;
  readonly comment: string;
  readonly srid: string | null;
}

export interface ColumnSurroundings {
  readonly server: MysqlServer;
  readonly database: string;
  readonly tableCollation: string | null;
  /** TABLES.AUTO_INCREMENT. */
  readonly nextNumber: string | null;
  readonly checkedJson: boolean;
  /** Default of a binary column in hex, where information_schema cannot print it. */
  readonly binaryDefault: string | null;
  /** By name. */
  readonly sequences: ReadonlyMap<string, SequenceSchema>;
}

/** MariaDB prints sequences with their database, which the target's is not. */
function withoutDatabase(sql: string | null, database: string): string | null {
  const prefix = `${quoteName(database)}.`;
  return (
    sql?.replace(/\b(nextval|lastval|setval)\((`(?:[^`]|``)+`\.)/gi, (all, call: string, schema: string) =>
      schema === prefix ? `${call}(` : all,
    ) ?? null
  );
}

export function describeColumn(row: ColumnRow, surroundings: ColumnSurroundings): ColumnSchema {
  const { server, database, tableCollation, nextNumber, checkedJson, binaryDefault, sequences } = surroundings;
  const type = neutralType({
    columnType: row.columnType,
    collation: row.collation,
    srid: row.srid === null || row.srid === '0' ? null : Number(row.srid),
    checkedJson,
  });
  const extra = row.extra.toLowerCase();
  const isGenerated = /\b(virtual|stored|persistent)( generated)?\b/.test(extra) && Boolean(row.expression);
  const ownDefault = withoutDatabase(row.default, database);
  const [, drawn] = /^nextval\(`((?:[^`]|``)+)`\)$/i.exec(ownDefault ?? '') ?? [];
  const sequence = drawn === undefined ? undefined : sequences.get(drawn.replaceAll('``', '`'));
  const defaultOf = (): ColumnDefault | null => {
    if (isGenerated || sequence) return null;
    if (binaryDefault !== null) return { kind: 'value', text: `\\x${binaryDefault.toLowerCase()}` };
    return columnDefault(ownDefault, type, server.kind, /default_generated/.test(extra));
  };
  return {
    name: row.name,
    nativeType: row.columnType,
    type,
    nullable: row.nullable,
    default: defaultOf(),
    identity: /auto_increment/.test(extra)
      ? {
          kind: 'default',
          next: nextNumber ?? '1',
          increment: '1',
          neverReuses: true,
          sequence: null,
          drawsFromOther: false,
        }
      : sequence
        ? {
            kind: 'serial',
            next: sequence.next,
            increment: sequence.increment,
            neverReuses: true,
            sequence,
            drawsFromOther: true,
          }
        : null,
    generated: isGenerated
      ? {
          sql: withoutParentheses(printedExpression(row.expression!, server.kind)),
          stored: !/\bvirtual\b/.test(extra),
        }
      : null,
    collation: row.collation === tableCollation || type.kind === 'json' ? null : row.collation,
    comment: row.comment || null,
    updatesToNow: /on update current_timestamp/.test(extra),
    invisible: /\binvisible\b/.test(extra),
  };
}
