/** A dry run for people: each table with its columns and statements, then what is not carried over. */
import type { CopyPlan } from '../../shared/model/copy-plan.ts';
import { countOf, formatBytes } from '../progress/figures.ts';
import { findingLines } from '../progress/run-summary.ts';
import { textTable, type TextColumn } from '../progress/text-table.ts';

type PlannedTable = CopyPlan['tables'][number];

export function planLines({ tables, views, findings }: CopyPlan): string[] {
  const known = tables.map(({ estimatedRows }) => estimatedRows).filter((rows) => rows !== null);
  const sum = known.reduce((total, rows) => total + rows, 0);
  const about = known.length === 0 ? '' : `, about ${countOf(sum, 'row')}`;
  const unknown = known.length < tables.length ? '; not all tables have an estimate' : '';
  return [
    ...tables.flatMap((table) => [...tableLines(table), '']),
    ...views.flatMap((view) => [`${view.name} → ${view.target} (view)`, ...statementLines(view.ddl), '']),
    `${countOf(tables.length, 'table')}${views.length > 0 ? ` and ${countOf(views.length, 'view')}` : ''}${about}${unknown}`,
    ...findingLines(findings, Number.POSITIVE_INFINITY),
  ];
}

const columns: readonly TextColumn[] = [
  { title: '', align: 'left', maxWidth: 42 },
  { title: '', align: 'left', maxWidth: 42 },
  { title: '', align: 'left' },
];

function tableLines(table: PlannedTable): string[] {
  const { estimatedRows, estimatedBytes } = table;
  const size = [
    estimatedRows === null ? null : `about ${countOf(estimatedRows, 'row')}`,
    estimatedBytes === null ? null : formatBytes(estimatedBytes),
  ].filter((part) => part !== null);
  const types = table.columns.map(({ name, type, targetName, targetType }) => [
    `  ${name}`,
    type,
    `→ ${targetName === name ? '' : `${targetName} `}${targetType}`,
  ]);
  // Without titles: the first two lines are those of the table's head.
  const [, , ...rows] = textTable(columns, types);
  const statements = statementLines(table.ddl);
  return [
    `${table.name} → ${table.target}${size.length > 0 ? ` (${size.join(', ')})` : ''}`,
    ...rows,
    ...(statements.length > 0 ? statements : ['    The table is there: no statement.']),
  ];
}

const statementLines = (statements: readonly string[]): string[] =>
  statements.flatMap((sql) => `${sql.replace(/;?\s*$/, '')};`.split('\n').map((line) => `    ${line}`));
