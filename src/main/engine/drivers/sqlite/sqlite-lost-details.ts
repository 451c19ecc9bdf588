/** What SQLite has no word for, and what becomes of it. Pure. */
import type { Finding } from '../../../../shared/model/finding.ts';
import type { ForeignKeySchema, TableSchema } from '../../model/table-schema.ts';

/** Losses of a table from another family that change no value. */
export function lostDetails(table: TableSchema, label: string): Finding[] {
  const findings: Finding[] = [];
  const add = (severity: Finding['severity'], code: string, message: string, column?: string) =>
    findings.push({ severity, code, message, table: label, ...(column === undefined ? {} : { column }) });
  const commented = [
    ...(table.comment === null ? [] : ['the table']),
    ...table.columns.flatMap(({ name, comment }) => (comment === null ? [] : [name])),
    ...table.indexes.flatMap(({ name, comment }) => (comment === null ? [] : [name])),
  ];
  if (commented.length > 0) {
    const message = `Table "${label}" loses its comments, which SQLite does not keep: those on ${commented.join(', ')}.`;
    add('info', 'comments_dropped', message);
  }
  for (const { name, invisible, identity } of table.columns) {
    if (invisible)
      add(
        'info',
        'column_visible',
        `Column "${name}" of "${label}" is invisible on the source and is visible here.`,
        name,
      );
    if (identity && identity.increment !== '1') {
      const message = `Column "${name}" of "${label}" counts by 1 instead of ${identity.increment}.`;
      add('warning', 'identity_increment', message, name);
    }
  }
  const now = 'is checked at once, not at the end of the transaction';
  if (table.primaryKey && table.primaryKey.deferrable !== 'no')
    add('info', 'index_changed', `The primary key of "${label}" ${now}.`);
  for (const { name, visible, deferrable } of table.indexes) {
    if (!visible)
      add('info', 'index_visible', `Index "${name}" of "${label}" is invisible on the source and is used here.`);
    if (deferrable !== 'no') add('info', 'index_changed', `Unique key "${name}" of "${label}" ${now}.`);
  }
  for (const key of table.foreignKeys) {
    const subject = `Foreign key "${key.name ?? key.columns.join(', ')}" of "${label}"`;
    if (key.match === 'full' && key.columns.length > 1) {
      const message = `${subject} takes rows in which some of its columns are NULL and others are not.`;
      add('warning', 'foreign_key_match', message);
    }
    if (key.onDeleteColumns.length > 0) {
      const only = key.onDeleteColumns.join(', ');
      const message = `${subject} does nothing on delete: it would set all of its columns, not only ${only}.`;
      add('warning', 'foreign_key_action', message);
    }
  }
  return findings;
}

/** The key as SQLite has it: its ON DELETE SET NULL sets all columns. */
export const plainForeignKey = (key: ForeignKeySchema): ForeignKeySchema => ({
  ...key,
  match: 'simple',
  onDelete: key.onDeleteColumns.length > 0 ? 'no action' : key.onDelete,
  onDeleteColumns: [],
});
