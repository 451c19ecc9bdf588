/** What a run came to, for people: the tables, the totals, and what they should know. */
import type { Finding } from '../../shared/model/finding.ts';
import { groupFindings, type FindingGroup } from '../../shared/model/group-findings.ts';
import { countOf, formatBytes, formatCount, formatSeconds } from './figures.ts';
import type { RunMeter, TableMeter } from './run-meter.ts';
import { cutText, textTable, wrapText, type TextColumn } from './text-table.ts';

export interface RunTotals {
  readonly rows: number;
  readonly bytes: number;
  readonly failed: number;
  readonly seconds: number;
}

const shownTables = 60;
const shownFindings = 20;
/** Of one finding in a summary: the file of what is left to do has all of it. */
const statementLines = 6;
const statementWidth = 240;
const placesLines = 4;
const placesWidth = 110;

/** `rejectFile`: where all refused rows are; null: none was refused. */
export function summaryLines(meter: RunMeter, totals: RunTotals, rejectFile: string | null): string[] {
  const tables = [...meter.tables.values()];
  return [
    ...tableLines(tables),
    '',
    totalsLine(tables.length, totals, meter.rowsBefore),
    ...(meter.rowsBefore > 0
      ? [`It continued an interrupted run, of which ${countOf(meter.rowsBefore, 'row')} were there already.`]
      : []),
    ...(meter.guarantee === null ? [] : [`Guarantee: ${meter.guarantee}.`]),
    ...rowErrorLines(meter, totals.failed, rejectFile),
    ...findingLines(meter.findings),
  ];
}

function tableLines(tables: readonly TableMeter[]): string[] {
  const columns: TextColumn[] = [
    { title: 'table', align: 'left', maxWidth: 40 },
    { title: 'rows', align: 'right' },
    { title: 'size', align: 'right' },
    { title: 'time', align: 'right' },
    { title: 'row errors', align: 'right' },
  ];
  const rows = tables
    .slice(0, shownTables)
    .map(({ progress, startedAt, endedAt }) => [
      progress.status === 'failed' ? `${progress.name} (failed)` : progress.name,
      formatCount(progress.rows),
      formatBytes(progress.bytes),
      startedAt === null || endedAt === null ? '' : formatSeconds((endedAt - startedAt) / 1000),
      progress.failed === 0 ? '' : formatCount(progress.failed),
    ]);
  if (rows.length === 0) return [];
  return [
    ...textTable(columns, rows),
    ...(tables.length > shownTables ? [`and ${tables.length - shownTables} more`] : []),
  ];
}

/** `rowsBefore`: those that the time was not spent on. */
export function totalsLine(tables: number, { rows, bytes, failed, seconds }: RunTotals, rowsBefore = 0): string {
  const share = rows === 0 ? 0 : Math.max(0, rows - rowsBefore) / rows;
  const per = (count: number) => (count * share) / Math.max(seconds, 0.001);
  const pace = `${formatCount(per(rows))} rows/s, ${formatBytes(per(bytes))}/s`;
  const errors = failed === 0 ? '' : `, ${countOf(failed, 'row error')}`;
  return `${countOf(tables, 'table')}, ${countOf(rows, 'row')}, ${formatBytes(bytes)} in ${formatSeconds(seconds)} (${pace})${errors}`;
}

function rowErrorLines(meter: RunMeter, failed: number, rejectFile: string | null): string[] {
  if (meter.rowErrors.length === 0) return [];
  const lines = meter.rowErrors.map(({ table, columns, values, row, column, message }) => {
    const place =
      row ??
      columns
        .slice(0, 2)
        .map((name, index) => `${name} = ${values[index] ?? 'NULL'}`)
        .join(', ');
    return `  ${cutText(`${table} (${place})${column === undefined ? '' : `, column ${column}`}: ${message}`, 240)}`;
  });
  const more = failed - meter.rowErrors.length;
  if (more > 0) lines.push(`  and ${formatCount(more)} more`);
  if (rejectFile !== null) lines.push(`All of them are in ${rejectFile}.`);
  return ['', 'Rows that the target refused:', ...lines];
}

const headings: Record<Finding['severity'], string> = { error: 'Refused because', warning: 'Warnings', info: 'Notes' };

/** By severity, the grave ones first, each sentence once: `limit` sentences of each, long lists and statements cut. */
export function findingLines(findings: readonly Finding[], limit = shownFindings): string[] {
  const isWhole = limit === Number.POSITIVE_INFINITY;
  return (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const groups = groupFindings(findings.filter((finding) => finding.severity === severity));
    if (groups.length === 0) return [];
    const shown = groups.slice(0, limit).flatMap((group) => groupLines(group, isWhole));
    const more = groups.length > limit ? [`  and ${groups.length - limit} more; \`sluice plan\` lists them all`] : [];
    return ['', `${headings[severity]}:`, ...shown, ...more];
  });
}

function groupLines({ message, places, findings }: FindingGroup, isWhole: boolean): string[] {
  const cut = (lines: readonly string[], most: number) =>
    isWhole || lines.length <= most ? lines : [...lines.slice(0, most), '...'];
  const width = isWhole ? Number.POSITIVE_INFINITY : statementWidth;
  const statements = [...new Set(findings.flatMap(({ statement }) => statement ?? []))];
  const [first = null, ...others] = statements;
  const below = [
    ...(places === null ? [] : cut(wrapText(places, placesWidth), placesLines)),
    ...(first === null ? [] : cut(first.split('\n'), statementLines).map((line) => cutLine(line, width))),
    ...(others.length === 0 ? [] : [`and ${countOf(others.length, 'statement')} like it: \`--json\` gives them all`]),
  ];
  return [`  - ${message}`, ...below.map((line) => `      ${line}`)];
}

const cutLine = (line: string, width: number): string => (line.length <= width ? line : `${line.slice(0, width - 1)}…`);
