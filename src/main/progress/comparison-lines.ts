/** Comparisons of source and target for people: how far one is, what it found in each table, and which cells differ. */
import type { ComparedTable } from '../../shared/model/compared-table.ts';
import { countOf, formatCount } from './figures.ts';
import type { LineFigures } from './progress-line.ts';
import type { RunMeter } from './run-meter.ts';
import { cutText, textTable, textWidth, type TextColumn } from './text-table.ts';

/** Of each table; `--json` has more. */
const shownRows = 20;
const shownTables = 60;
const shownWidth = 300;

/** null: nothing is being compared. */
export function comparingFigures({ comparing, startedAt, elapsedMs }: RunMeter): LineFigures | null {
  if (comparing === null) return null;
  const { table, pass, rows, expectedRows } = comparing;
  const seconds = Math.max(0.001, (startedAt + elapsedMs - comparing.startedAt) / 1000);
  const rowsPerSecond = rows / seconds;
  const isLate = expectedRows === null || rows === 0 || rows > expectedRows;
  const secondsLeft = isLate ? null : (expectedRows - rows) / rowsPerSecond;
  const name = pass === 'sum' ? table : `${table} (search)`;
  return { name, rows, expectedRows, rowsPerSecond, bytesPerSecond: null, secondsLeft };
}

/** `orders: equal, 12 rows` or `orders: differs, ...` */
export function comparedLine(table: ComparedTable): string {
  const { name, sourceRows, targetRows, differences, problem, repaired, rows } = table;
  const mended = repaired === 0 ? '' : `, ${countOf(repaired, 'row')} repaired`;
  if (differences === 0) return `${name}: equal, ${countOf(sourceRows, 'row')}${mended}`;
  if (problem !== null) return `${name}: ${problem}`;
  const counts = `${countOf(sourceRows, 'row')} in the source, ${formatCount(targetRows)} in the target`;
  const first = rows[0] ? `, first at ${keyText(rows[0].key)}` : '';
  return `${name}: differs, ${counts}, ${differencesOf(table)}${mended}${first}`;
}

/** A table of all tables, then the differing rows of each. */
export function comparisonLines(tables: readonly ComparedTable[]): string[] {
  const isRepair = tables.some(({ repaired }) => repaired > 0);
  const columns: TextColumn[] = [
    { title: 'table', align: 'left', maxWidth: 40 },
    { title: 'source rows', align: 'right' },
    { title: 'target rows', align: 'right' },
    ...(isRepair ? [{ title: 'repaired', align: 'right' as const }] : []),
    { title: '', align: 'left' },
  ];
  // The ones to look at come first where not all can be shown.
  const listed = tables.length > shownTables ? tables.toSorted((left, right) => rank(left) - rank(right)) : tables;
  const rows = listed
    .slice(0, shownTables)
    .map((table) => [
      table.name,
      formatCount(table.sourceRows),
      formatCount(table.targetRows),
      ...(isRepair ? [table.repaired === 0 ? '' : formatCount(table.repaired)] : []),
      table.differences === 0 ? 'equal' : table.problem === null ? differencesOf(table) : 'not equal',
    ]);
  const more = tables.length - rows.length;
  return [
    ...textTable(columns, rows),
    ...(more > 0 ? [`and ${formatCount(more)} more`] : []),
    ...tables.filter(({ differences }) => differences > 0).flatMap(differenceLines),
  ];
}

const rank = ({ differences }: ComparedTable) => (differences > 0 ? 0 : 1);

const differencesOf = ({ differences, hasMore }: ComparedTable) =>
  `${hasMore ? 'at least ' : ''}${countOf(differences, 'difference')}`;

function differenceLines({ name, rows, problem, differences }: ComparedTable): string[] {
  if (problem !== null) return ['', `${cutText(name, 60)}: ${problem}`];
  const shown = rows.slice(0, shownRows);
  const more = differences - shown.length;
  return [
    '',
    `Differences in ${cutText(name, 60)}:`,
    ...shown.flatMap(({ kind, key, cells }) => {
      const what = { missing: 'missing in the target', extra: 'in the target only', changed: 'changed' }[kind];
      return [
        cutText(`  ${what}: ${keyText(key)}`, shownWidth),
        ...cells.flatMap(({ column, source, target }) => [
          cutText(`    ${column}: source ${valueText(source)}`, shownWidth),
          cutText(`    ${' '.repeat(textWidth(column))}  target ${valueText(target)}`, shownWidth),
        ]),
      ];
    }),
    ...(more > 0 ? [`  and ${formatCount(more)} more`] : []),
  ];
}

const keyText = (key: ComparedTable['rows'][number]['key']) =>
  key.map(({ column, value }) => `${column} = ${valueText(value)}`).join(', ');

/** Numbers and times as they are; texts quoted, so that blanks and control characters show, and NULL is not `NULL`. */
const valueText = (value: string | null): string =>
  value === null ? 'NULL' : /^[-+]?\d[-\d:. ]*$/.test(value) && !value.endsWith(' ') ? value : JSON.stringify(value);
