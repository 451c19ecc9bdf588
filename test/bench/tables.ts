/** The benchmark's two tables, filled by each database itself with the same values. */
import type { DatabaseKind } from '../../src/shared/model/database-kind.ts';

export type BenchTable = 'products' | 'documents';

/** Rows by default (issue: 2 M and 500 k). */
export const defaultRows: Record<BenchTable, number> = { products: 2_000_000, documents: 500_000 };

type ServerKind = Exclude<DatabaseKind, 'mysql'>;

const columns: Record<BenchTable, Record<ServerKind, readonly string[]>> = {
  products: {
    postgresql: ['name varchar(255)', 'price decimal(10,2)', 'weight double precision', 'created timestamp'],
    mariadb: ['name varchar(255)', 'price decimal(10,2)', 'weight double', 'created timestamp NOT NULL'],
    sqlite: ['name VARCHAR(255)', 'price DECIMAL_TEXT(10,2)', 'weight DOUBLE', 'created DATETIME_TEXT'],
  },
  documents: {
    postgresql: ['a json', 'b json', 'c json', 'd json', 'e json'],
    mariadb: ['a json', 'b json', 'c json', 'd json', 'e json'],
    sqlite: ['a JSON_TEXT', 'b JSON_TEXT', 'c JSON_TEXT', 'd JSON_TEXT', 'e JSON_TEXT'],
  },
};

/** What people have, as opposed to what Sluice makes of it. */
const sqliteSourceColumns: Record<BenchTable, readonly string[]> = {
  products: ['name VARCHAR(255)', 'price DECIMAL(10,2)', 'weight DOUBLE', 'created DATETIME'],
  documents: ['a JSON', 'b JSON', 'c JSON', 'd JSON', 'e JSON'],
};

export const columnNames: Record<BenchTable, string> = {
  products: 'id, name, price, weight, created',
  documents: 'id, a, b, c, d, e',
};

export const sourceStatement = (table: BenchTable, kind: ServerKind): string =>
  create(table, kind, kind === 'sqlite' ? sqliteSourceColumns[table] : columns[table][kind], true);

/** `key` false leaves the primary key for later, as a careful person loads PostgreSQL. */
export const targetStatement = (table: BenchTable, kind: ServerKind, key: boolean): string =>
  create(table, kind, columns[table][kind], key);

function create(table: BenchTable, kind: ServerKind, others: readonly string[], key: boolean): string {
  const id: Record<ServerKind, string> = {
    postgresql: 'id bigint NOT NULL',
    mariadb: 'id bigint AUTO_INCREMENT',
    sqlite: 'id INTEGER PRIMARY KEY AUTOINCREMENT',
  };
  const primary = kind === 'sqlite' || !key ? [] : ['PRIMARY KEY (id)'];
  return `CREATE TABLE ${table} (${[id[kind], ...others, ...primary].join(', ')})`;
}

const document = (index: string, join: (...parts: string[]) => string, letter: string) =>
  join(`'{"${letter}": '`, index, `', "tags": ["red", "green", "blue"], "name": "Item '`, index, `'", "ok": true}'`);

/** One INSERT ... SELECT that fills the table with `rows` rows. */
export function fillStatement(table: BenchTable, kind: ServerKind, rows: number): string {
  const concat = kind === 'mariadb' ? (...parts: string[]) => `concat(${parts.join(', ')})` : joinWithBars;
  const from: Record<ServerKind, string> = {
    postgresql: `generate_series(1, ${rows}) AS n(i)`,
    mariadb: `(SELECT seq AS i FROM seq_1_to_${rows}) AS n`,
    sqlite: `(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows}) SELECT i FROM n)`,
  };
  const moment: Record<ServerKind, string> = {
    postgresql: `timestamp '2020-01-01' + i % 86400000 * interval '1 second'`,
    mariadb: `timestampadd(second, i % 86400000, '2020-01-01 00:00:00')`,
    sqlite: `datetime('2020-01-01', '+' || (i % 86400000) || ' seconds')`,
  };
  const price: Record<ServerKind, string> = {
    postgresql: '(i % 100000)::numeric / 100',
    mariadb: '(i % 100000) / 100',
    sqlite: `printf('%d.%02d', i % 100000 / 100, i % 100)`,
  };
  const values =
    table === 'products'
      ? [concat(`'Product number '`, 'i', `' of the catalogue'`), price[kind], 'i * 0.37', moment[kind]]
      : [...'abcde'].map((letter) => document('i', concat, letter));
  const cast = kind === 'postgresql' && table === 'documents' ? values.map((value) => `(${value})::json`) : values;
  return `INSERT INTO ${table} SELECT i, ${cast.join(', ')} FROM ${from[kind]}`;
}

const joinWithBars = (...parts: string[]) => parts.join(' || ');
