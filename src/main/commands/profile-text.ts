import type { ProfileReport } from '../../shared/model/copy-plan.ts';
import { countOf, formatCount } from '../progress/figures.ts';
import { findingLines } from '../progress/run-summary.ts';
import { textTable, type TextColumn } from '../progress/text-table.ts';

const columns: readonly TextColumn[] = [
  { title: 'table', align: 'left', maxWidth: 40 },
  { title: 'rows', align: 'right' },
  { title: 'column', align: 'left', maxWidth: 40 },
  { title: 'declared', align: 'left', maxWidth: 40 },
  { title: 'on the target', align: 'left', maxWidth: 40 },
];

/** Each table with its doubtful columns, then what was found about single columns. */
export function profileLines({ tables, findings }: ProfileReport): string[] {
  const rows = tables.flatMap(({ name, rows: count, types }) => {
    const [first, ...others] = types.map(({ column, declared, type }) => [column, declared, type]);
    return [[name, formatCount(count), ...(first ?? [])], ...others.map((cells) => ['', '', ...cells])];
  });
  const doubtful = tables.reduce((sum, { types }) => sum + types.length, 0);
  const sum = tables.reduce((total, table) => total + table.rows, 0);
  return [
    ...textTable(columns, rows),
    '',
    `${countOf(tables.length, 'table')}, ${countOf(sum, 'row')}; ${countOf(doubtful, 'column')} whose type depends on what it holds.`,
    ...findingLines(
      findings.filter(({ column }) => column !== undefined),
      Number.POSITIVE_INFINITY,
    ),
  ];
}
