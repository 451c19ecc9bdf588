/** A dry run for people: each table with its columns, the statements in order, and what is not carried over. */
import type { ConvertPlan, PlannedTable } from '../engine/copy/convert-plan.ts';
import { countOf, formatBytes } from '../progress/figures.ts';
import { findingLines } from '../progress/run-summary.ts';
import { textTable } from '../progress/text-table.ts';

const deeds: Record<PlannedTable['prepare'], string> = {
  create: 'is created',
  use: 'is used as it is',
  empty: 'is emptied first',
  recreate: 'is dropped and created again',
};

export function planLines(plan: ConvertPlan): string[] {
  const estimates = plan.tables.map(({ plan: table }) => table.estimatedRows);
  const known = estimates.filter((rows) => rows !== null);
  const about =
    known.length === 0
      ? ''
      : `, about ${countOf(
          known.reduce((sum, rows) => sum + rows, 0),
          'row',
        )}`;
  const unknown = estimates.length - known.length;
  return [
    ...plan.tables.flatMap((table) => [...tableLines(table), '']),
    `${countOf(plan.tables.length, 'table')}${about}${unknown > 0 && known.length > 0 ? ` (${unknown} not estimated)` : ''}`,
    '',
    plan.statements.length === 0 ? 'No statement for the target.' : 'Statements for the target, in order:',
    ...plan.statements.flatMap((sql) => [
      '',
      ...`${sql.replace(/;?\s*$/, '')};`.split('\n').map((line) => `  ${line}`),
    ]),
    ...findingLines(plan.findings, Number.POSITIVE_INFINITY),
  ];
}

function tableLines({ plan, prepare }: PlannedTable): string[] {
  const { estimatedRows, estimatedBytes } = plan;
  const size = [
    estimatedRows === null ? null : `about ${countOf(estimatedRows, 'row')}`,
    estimatedBytes === null ? null : formatBytes(estimatedBytes),
    plan.filtered ? 'not all rows' : null,
  ].filter((part) => part !== null);
  const target = plan.target.schema === null ? plan.target.name : `${plan.target.schema}.${plan.target.name}`;
  const columns = plan.columns.map(({ source, target: to }) => [
    `  ${source.name}`,
    source.nativeType,
    `→ ${to.name === source.name ? '' : `${to.name} `}${to.nativeType}${to.nullable ? '' : ' NOT NULL'}`,
  ]);
  const [, , ...rows] = textTable(
    [
      { title: '', align: 'left', maxWidth: 42 },
      { title: '', align: 'left', maxWidth: 42 },
      { title: '', align: 'left' },
    ],
    columns,
  );
  return [`${plan.label} → ${target} ${deeds[prepare]}${size.length > 0 ? ` (${size.join(', ')})` : ''}`, ...rows];
}
