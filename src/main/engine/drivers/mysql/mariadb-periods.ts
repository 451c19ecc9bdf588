/** Periods of MariaDB, which only the statement of a table tells (information_schema has them from 11.4). Pure. */
import { quoteName } from './mysql-names.ts';

const name = '`(?:[^`]|``)+`';
const systemPeriod = new RegExp(`PERIOD FOR SYSTEM_TIME \\((${name}), (${name})\\)`);
const ownPeriod = new RegExp(`PERIOD FOR (${name}) \\(${name}, ${name}\\)`);
const keyOverPeriod = new RegExp(`^ *(PRIMARY KEY|UNIQUE KEY (${name})) (\\(.* WITHOUT OVERLAPS\\)),?$`, 'gm');
const unversioned = new RegExp(`^ *(${name} .* WITHOUT SYSTEM VERSIONING.*?),?$`, 'gm');

/**
 * What makes an application-time period and the keys over it of their copies, the period's own check and keys of three columns;
 * null: the table has none. `created`: as SHOW CREATE TABLE prints it.
 */
export function periodStatement(
  table: string,
  created: string,
): { readonly name: string; readonly sql: string } | null {
  const [definition, period] = ownPeriod.exec(created) ?? [];
  if (!definition || !period) return null;
  const keys = [...created.matchAll(keyOverPeriod)].map(([, kind, index, parts]) => ({
    drop: index ? `DROP INDEX ${index}` : 'DROP PRIMARY KEY',
    add: index ? `ADD UNIQUE INDEX ${index} ${parts}` : `ADD ${kind} ${parts}`,
  }));
  const steps = [
    `DROP CONSTRAINT ${period}`,
    ...keys.map(({ drop }) => drop),
    `ADD ${definition}`,
    ...keys.map(({ add }) => add),
  ];
  return { name: `period ${period.slice(1, -1)}`, sql: `ALTER TABLE ${quoteName(table)} ${steps.join(', ')}` };
}

/** What makes a copy of a table keep the versions of its rows as the table does. */
export function versioningStatement(table: string, created: string): string {
  const [period, start, end] = systemPeriod.exec(created) ?? [];
  const columns = [
    [start, 'START'],
    [end, 'END'],
  ] as const;
  const steps = [
    // They were copied as columns like others.
    ...(period ? columns.map(([column]) => `DROP COLUMN ${column}`) : []),
    ...(period
      ? columns.map(([column, edge]) => `ADD COLUMN ${column} TIMESTAMP(6) GENERATED ALWAYS AS ROW ${edge}`)
      : []),
    ...(period ? [`ADD ${period}`] : []),
    'ADD SYSTEM VERSIONING',
  ];
  const alter = `ALTER TABLE ${quoteName(table)}`;
  const plain = [...created.matchAll(unversioned)].map(([, column]) => `MODIFY COLUMN ${column}`);
  // Columns without versions need a table that has them, whose columns are changed only on these terms.
  const exempt =
    plain.length === 0 ? '' : `; SET SESSION system_versioning_alter_history = KEEP; ${alter} ${plain.join(', ')}`;
  return `${alter} ${steps.join(', ')}${exempt}`;
}
