/**
 * The shape of the golden table: hard values of one column type, where they come from, and what every database must
 * hold after a copy. A target without a written answer does not compile.
 */
import type { DatabaseKind } from '../../../src/shared/model/database-kind.ts';
import type { ErrorCode } from '../../../src/shared/errors/error-codes.ts';
import type { RulesConfig } from '../../../src/shared/model/rules.ts';

export interface GoldenCase {
  /** The table is `g_<name>`: `id integer primary key, v <type>`. */
  readonly name: string;
  /** Column type as each source declares it. Sources that are not named do not have this type. */
  readonly from: Partial<Record<DatabaseKind, string>>;
  /** Column type as the target's own catalog prints it. */
  readonly becomes: Record<DatabaseKind, string>;
  readonly values: readonly GoldenValue[];
  /** Code of a finding about this table that the run must report: what is not carried over unchanged is never silent. */
  readonly finds?: Partial<Record<DatabaseKind, string>>;
  /** Rows in which a comparison with the source rightly finds the target different: what `finds` has said before. */
  readonly differs?: Partial<Record<DatabaseKind, readonly number[]>>;
  /** Statements that the source needs first, e.g. CREATE TYPE. */
  readonly setup?: Partial<Record<DatabaseKind, string>>;
  /** Statements that the target needs first, e.g. CREATE EXTENSION. */
  readonly targetSetup?: Partial<Record<DatabaseKind, string>>;
  /** SQL that shows `v` where the client's own print is not exact, e.g. MySQL's FLOAT. */
  readonly show?: Partial<Record<DatabaseKind, string>>;
  /** `float`: both sides are read as float64 and compared by bits. Default `text`: exact characters. */
  readonly compare?: 'text' | 'float';
  /** The stream's rules. Default: none, so that every default is tested. */
  readonly rules?: Partial<RulesConfig>;
}

export interface GoldenValue {
  /** SQL of the value in each source that has the type. */
  readonly insert: (source: DatabaseKind) => string;
  readonly expect: Readonly<Record<DatabaseKind, Expected>>;
}

/** What the target's own client prints (SQLite: `quote()`), null for SQL NULL, or how the row is turned away. */
export type Expected = string | null | Refused;

/** The row is left out (`rows_refused`), or the run ends with this code; the target holds no such row. */
export interface Refused {
  readonly refusedWith: ErrorCode;
}

export const refusedWith = (code: ErrorCode): Refused => ({ refusedWith: code });

export const isRefused = (expected: Expected): expected is Refused => expected !== null && typeof expected !== 'string';

/** The same SQL in every source, or one per source. */
export function value(
  insert: string | Partial<Record<DatabaseKind, string>> | ((source: DatabaseKind) => string),
  expect: Readonly<Record<DatabaseKind, Expected>>,
): GoldenValue {
  if (typeof insert === 'function') return { insert, expect };
  if (typeof insert === 'string') return { insert: () => insert, expect };
  return {
    insert: (source) => {
      const sql = insert[source];
      if (sql === undefined) throw new Error(`A golden value has no SQL for ${source}.`);
      return sql;
    },
    expect,
  };
}

/** Every database prints the same, SQLite as a number (or other text without quotes). */
export const same = (printed: string): Record<DatabaseKind, Expected> => ({
  postgresql: printed,
  mysql: printed,
  mariadb: printed,
  sqlite: printed,
});

/** Every database holds this text. */
export const text = (content: string): Record<DatabaseKind, Expected> => ({
  ...same(content),
  sqlite: quoted(content),
});

/** Every database holds these bytes. */
export const bytes = (hex: string): Record<DatabaseKind, Expected> => ({
  postgresql: `\\x${hex}`,
  mysql: `0x${hex.toUpperCase()}`,
  mariadb: `0x${hex.toUpperCase()}`,
  sqlite: `X'${hex.toUpperCase()}'`,
});

/** Refused by every database. */
export const refused = (code: ErrorCode): Record<DatabaseKind, Expected> => ({
  postgresql: refusedWith(code),
  mysql: refusedWith(code),
  mariadb: refusedWith(code),
  sqlite: refusedWith(code),
});

/** Both MySQL and MariaDB. */
export const mysqlFamily = <Answer>(answer: Answer) => ({ mysql: answer, mariadb: answer });

/** SQL NULL stays NULL, in every type. */
export const nullValue: GoldenValue = {
  insert: () => 'NULL',
  expect: { postgresql: null, mysql: null, mariadb: null, sqlite: null },
};

/** As SQLite's quote() prints a text. */
export const quoted = (content: string): string => `'${content.replaceAll("'", "''")}'`;

/** A text whose literal is safe in every source: its bytes in hex. */
export const textValue = (content: string, expect: Record<DatabaseKind, Expected> = text(content)): GoldenValue => ({
  insert: (source) => textLiteral(source, content),
  expect,
});

export function textLiteral(source: DatabaseKind, content: string): string {
  const hex = Buffer.from(content, 'utf8').toString('hex');
  switch (source) {
    case 'postgresql':
      return `convert_from('\\x${hex}', 'UTF8')`;
    case 'mysql':
    case 'mariadb':
      return `_utf8mb4 X'${hex}'`;
    case 'sqlite':
      return `CAST(X'${hex}' AS TEXT)`;
  }
}

/** Bytes, their literal in every source. */
export const bytesValue = (hex: string, expect: Record<DatabaseKind, Expected> = bytes(hex)): GoldenValue => ({
  insert: (source) => (source === 'postgresql' ? `'\\x${hex}'::bytea` : `X'${hex}'`),
  expect,
});
