/** One line of a terminal's display: name, bar, share, rows, pace and time left, as much as fits. */
import { formatBytes, formatCount, formatSeconds } from './figures.ts';
import { fitText, textWidth } from './text-table.ts';

export interface LineFigures {
  readonly name: string;
  readonly rows: number;
  /** null: unknown. */
  readonly expectedRows: number | null;
  readonly rowsPerSecond: number;
  /** null: not counted. */
  readonly bytesPerSecond: number | null;
  /** null: unknown. */
  readonly secondsLeft: number | null;
}

const nameWidth = 24;
const narrowNameWidth = 12;
const widestBar = 30;
const narrowestBar = 8;

/** At most `columns` - 1 wide, since some terminals wrap when the last column is filled. */
export function progressLine(figures: LineFigures, columns: number, hasColors: boolean): string {
  const { name, rows, expectedRows, rowsPerSecond, bytesPerSecond, secondsLeft } = figures;
  // Estimates may be too low: then the share stays below the end until the table is done.
  const share = expectedRows === null ? null : Math.min(0.99, rows / Math.max(expectedRows, rows, 1));
  const width = columns - 1;
  const parts = [
    share === null ? '' : `${Math.floor(share * 100)} %`.padStart(5),
    expectedRows === null ? formatCount(rows) : `${formatCount(rows)}/${formatCount(Math.max(rows, expectedRows))}`,
    `${formatCount(rowsPerSecond)} rows/s`,
    bytesPerSecond === null ? '' : `${formatBytes(bytesPerSecond)}/s`,
    secondsLeft === null ? '' : `ETA ${formatSeconds(secondsLeft)}`,
  ].filter((part) => part !== '');
  const head = fitText(name, width >= 70 ? nameWidth : Math.min(narrowNameWidth, Math.max(1, width)));
  let line = head;
  let used = textWidth(head);
  const tail: string[] = [];
  for (const part of parts) {
    if (used + 2 + part.length > width) break;
    tail.push(part);
    used += 2 + part.length;
  }
  const barWidth = Math.min(widestBar, width - used - 2);
  if (share !== null && barWidth >= narrowestBar) line += `  ${bar(share, barWidth, hasColors)}`;
  return [line, ...tail].join('  ');
}

function bar(share: number, width: number, hasColors: boolean): string {
  const filled = Math.round(share * width);
  const [full, empty] = ['█'.repeat(filled), '░'.repeat(width - filled)];
  return hasColors ? `\u001B[36m${full}\u001B[90m${empty}\u001B[39m` : full + empty;
}
