/**
 * Compares two databases of any kinds cell by cell through their own clients. What may differ in print only is brought to
 * one form by the column's type in the source; everything else must be the same characters.
 */
import type { ConnectionSettings } from '../../src/shared/model/connection.ts';
import type { DatabaseKind } from '../../src/shared/model/database-kind.ts';
import { listTables, quoteIdentifier, type ListedTable } from './client-catalog.ts';
import { readRows } from './database-clients.ts';

/** Differences as sentences, at most 20; none when equal. Tables and columns are matched by name. */
export async function compareDatabases(left: ConnectionSettings, right: ConnectionSettings): Promise<string[]> {
  const [leftTables, rightTables] = await Promise.all([listTables(left), listTables(right)]);
  const names = (tables: readonly ListedTable[]) => tables.map(({ name }) => name).join(', ');
  if (names(leftTables) !== names(rightTables)) return [`tables ${names(leftTables)} and ${names(rightTables)}`];
  const differences: string[] = [];
  for (const [index, table] of leftTables.entries()) {
    const other = rightTables[index]!;
    const columns = (each: ListedTable) => each.columns.map(({ name }) => name).join(', ');
    if (columns(table) !== columns(other)) {
      differences.push(`${table.name}: columns ${columns(table)} and ${columns(other)}`);
      continue;
    }
    const forms = table.columns.map(({ type }) => formOf(type));
    const [leftRows, rightRows] = await Promise.all([readTable(left, table, forms), readTable(right, table, forms)]);
    differences.push(...compareRows(table, leftRows, rightRows));
  }
  return differences.slice(0, 20);
}

type Form = 'number' | 'float32' | 'time' | 'text' | 'bytes';

function formOf(type: string): Form {
  if (/^(real|float)\b/i.test(type)) return 'float32';
  if (/^(tiny|small|medium|big)?int(eger)?\b|serial|numeric|decimal|double|bool/i.test(type)) return 'number';
  if (/date|time/i.test(type)) return 'time';
  return /bytea|blob|binary/i.test(type) ? 'bytes' : 'text';
}

/** Rows as lists of cells in one form, sorted. */
async function readTable(
  database: ConnectionSettings,
  { name, columns }: ListedTable,
  forms: readonly Form[],
): Promise<string[][]> {
  const { kind } = database;
  const cells = columns.flatMap((column) => {
    const quoted = quoteIdentifier(kind, column.name);
    return [`CASE WHEN ${quoted} IS NULL THEN 1 ELSE 0 END`, kind === 'sqlite' ? `quote(${quoted})` : quoted];
  });
  const { rows, errors } = await readRows(database, [`SELECT ${cells.join(', ')} FROM ${quoteIdentifier(kind, name)}`]);
  if (errors !== '') throw new Error(`${name}: ${errors}`);
  const read = rows.map((row) =>
    forms.map((form, index) => (row[2 * index] === '1' ? 'NULL' : `=${cellOf(row[2 * index + 1]!, form, kind)}`)),
  );
  return read.toSorted((left, right) => (left.join('\0') < right.join('\0') ? -1 : 1));
}

function cellOf(printed: string, form: Form, kind: DatabaseKind): string {
  const isQuoted = kind === 'sqlite' && printed.startsWith("'");
  const shown = isQuoted ? printed.slice(1, -1).replaceAll("''", "'") : printed;
  switch (form) {
    case 'number':
      if (shown === 't' || shown === 'f') return shown === 't' ? '1' : '0';
      return shown.includes('.') ? shown.replace(/\.?0+$/, '') : shown;
    case 'float32':
      return String(Math.fround(Number(shown)));
    case 'time':
      return shown
        .replace(/\+00$/, '')
        .replace(/(\.\d*?)0+$/, '$1')
        .replace(/\.$/, '');
    case 'bytes':
      return shown
        .replace(/^(\\x|0x|X')/, '')
        .replace(/'$/, '')
        .toLowerCase();
    case 'text':
      return shown;
  }
}

function compareRows({ name, columns }: ListedTable, left: string[][], right: string[][]): string[] {
  if (left.length !== right.length) return [`${name}: ${left.length} and ${right.length} rows`];
  return left.flatMap((row, index) =>
    row.flatMap((cell, position) => {
      const other = right[index]![position]!;
      if (cell === other) return [];
      return [
        `${name}.${columns[position]!.name}, sorted row ${index}: ${cell.slice(0, 200)} and ${other.slice(0, 200)}`,
      ];
    }),
  );
}
