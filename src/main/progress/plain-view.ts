/** For logs and pipes: a line when the phase changes, when a table has all its rows, and at every interval. */
import { countOf, formatBytes, formatCount, formatSeconds } from './figures.ts';
import { comparedLine, comparingFigures } from './comparison-lines.ts';
import { isCopied, rowsSeen, type RunMeter } from './run-meter.ts';
import type { Output, RunView } from './run-view.ts';
import { cutText } from './text-table.ts';

const shownTables = 3;

/** `intervalSeconds` 0: no periodic lines. */
export function plainView(output: Output, meter: RunMeter, intervalSeconds: number): RunView {
  const told = new Set<string>();
  const say = (text: string) => output.write(`[${formatSeconds(meter.elapsedMs / 1000)}] ${text}\n`);
  const timer = intervalSeconds > 0 ? setInterval(() => sayPace(meter, say), intervalSeconds * 1000) : undefined;
  return {
    add(event) {
      if (event.type === 'phase') say(event.detail === null ? event.phase : `${event.phase}: ${event.detail}`);
      if (event.type === 'log') say(event.message);
      if (event.type === 'compared') say(comparedLine(event.table));
      if (event.type !== 'progress' || !isCopied(event.table) || told.has(event.table.name)) return;
      told.add(event.table.name);
      say(`${cutText(event.table.name, 60)}: ${countOf(event.table.rows, 'row')}, ${formatBytes(event.table.bytes)}`);
    },
    close: () => clearInterval(timer),
  };
}

function comparingLine(meter: RunMeter): string {
  const { name, rows, expectedRows, rowsPerSecond, secondsLeft } = comparingFigures(meter)!;
  const share = expectedRows ? ` (${Math.min(99, Math.floor((100 * rows) / expectedRows))} %)` : '';
  const left = secondsLeft === null ? '' : `, ${formatSeconds(secondsLeft)} left`;
  return `${cutText(name, 60)}: ${countOf(rows, 'row')} compared${share}, ${formatCount(rowsPerSecond)} rows/s${left}`;
}

function sayPace(meter: RunMeter, say: (text: string) => void): void {
  const building = [...meter.builds].slice(0, shownTables).map((build) => `building ${cutText(build, 60)}`);
  if (meter.comparing) {
    say(comparingLine(meter));
    return;
  }
  if (meter.phase !== 'copying') {
    say([meter.phase ?? 'connecting', ...building].join(' · '));
    return;
  }
  const { rowsPerSecond, bytesPerSecond, secondsLeft } = meter.pace();
  const { rows, bytes, expectedRows } = meter.moved();
  const busy = [...meter.tables.values()].filter(({ progress }) => progress.status === 'copying');
  const names = busy
    .slice(0, shownTables)
    .map((table) => `${cutText(table.progress.name, 40)} ${formatCount(rowsSeen(table))}`);
  if (busy.length > shownTables) names.push(`${busy.length - shownTables} more`);
  const share = expectedRows ? ` (${Math.min(100, Math.floor((100 * rows) / expectedRows))} %)` : '';
  const left = secondsLeft === null ? '' : `, ${formatSeconds(secondsLeft)} left`;
  const moving = `${countOf(rows, 'row')}${share}, ${formatBytes(bytes)}, ${formatCount(rowsPerSecond)} rows/s, ${formatBytes(bytesPerSecond)}/s${left}`;
  say([moving, ...names].join(' · '));
}
