/**
 * For a person at a terminal: a line for each table that moves and each index being built, and one for the whole run.
 * A table that is done becomes a line above them.
 */
import cliProgress from 'cli-progress';
import { countOf, formatBytes, formatSeconds } from './figures.ts';
import { comparedLine, comparingFigures } from './comparison-lines.ts';
import { progressLine } from './progress-line.ts';
import { isCopied, rowsSeen, type RunMeter, type TableMeter } from './run-meter.ts';
import type { Output, RunView } from './run-view.ts';
import { cutText, fitText } from './text-table.ts';

const refreshMs = 200;
/** Lines of the screen left to what was there before. */
const sparedLines = 3;
const mostLines = 16;

export function terminalView(output: Output, meter: RunMeter): RunView {
  let lines: string[] = [''];
  const told = new Set<string>();
  const display = new cliProgress.MultiBar({
    stream: output.stream,
    format: (_options, _params, payload: { line: number }) => lines[payload.line] ?? '',
    clearOnComplete: true,
    hideCursor: true,
    // Our lines fit; the library would cut them in the middle of a colour.
    linewrap: false,
    // Interruptions are the command's to handle.
    gracefulExit: false,
    fps: 1000 / refreshMs,
  });
  const bars = [display.create(1, 0, { line: 0 })];
  const refresh = () => {
    lines = drawLines(meter, output);
    while (bars.length < lines.length) bars.push(display.create(1, 0, { line: bars.length }));
    while (bars.length > lines.length) display.remove(bars.pop()!);
  };
  // The library clears the first line that it logs over, and no other.
  const log = (line: string) => display.log(`${line}\u001B[K\n`);
  const timer = setInterval(refresh, refreshMs);
  refresh();
  return {
    add(event) {
      if (event.type === 'log') log(cutText(event.message, output.columns() - 1));
      if (event.type === 'compared')
        log(marked(event.table.differences === 0, cutText(comparedLine(event.table), output.columns() - 3), output));
      if (event.type !== 'progress' || !isCopied(event.table) || told.has(event.table.name)) return;
      told.add(event.table.name);
      log(doneLine(meter.tables.get(event.table.name)!, output));
    },
    close() {
      clearInterval(timer);
      // Writes what was logged since the last drawing, which stopping would forget.
      display.update();
      display.stop();
    },
  };
}

function doneLine({ progress, startedAt, endedAt }: TableMeter, output: Output): string {
  const took = startedAt === null || endedAt === null ? '' : `  ${formatSeconds((endedAt - startedAt) / 1000)}`;
  const text = `${fitText(progress.name, 24)}  ${countOf(progress.rows, 'row').padStart(16)}  ${formatBytes(progress.bytes).padStart(8)}${took}`;
  return marked(progress.status !== 'failed', cutText(text, output.columns() - 3), output);
}

function marked(isGood: boolean, text: string, { hasColors }: Output): string {
  const sign = isGood ? '✓' : '✗';
  return `${hasColors ? `\u001B[3${isGood ? 2 : 1}m${sign}\u001B[39m` : sign} ${text}`;
}

function drawLines(meter: RunMeter, output: Output): string[] {
  const room = Math.max(1, Math.min(mostLines, output.rows() - sparedLines));
  const busy = [...meter.tables.values()].filter((table) => table.progress.status === 'copying');
  const comparing = comparingFigures(meter);
  const active = [
    ...busy.map((table) => progressLine(tableFigures(table, meter), output.columns(), output.hasColors)),
    ...(comparing ? [progressLine(comparing, output.columns(), output.hasColors)] : []),
    ...[...meter.builds].map((build) => cutText(`building ${build}`, output.columns() - 1)),
  ];
  const shown = active.length > room ? [...active.slice(0, room - 1), `and ${active.length - room + 1} more`] : active;
  return [...shown, totalLine(meter, output)];
}

function tableFigures(table: TableMeter, meter: RunMeter) {
  const { progress, readBytes, startedAt } = table;
  const rows = rowsSeen(table);
  const seconds = Math.max(0.001, (meter.startedAt + meter.elapsedMs - (startedAt ?? meter.startedAt)) / 1000);
  const { name, estimatedRows: expectedRows } = progress;
  const rowsPerSecond = table.readRows / seconds;
  const isLate = expectedRows === null || rows === 0 || rows > expectedRows;
  return {
    name,
    rows,
    expectedRows,
    rowsPerSecond,
    bytesPerSecond: readBytes / seconds,
    secondsLeft: isLate ? null : (expectedRows - rows) / rowsPerSecond,
  };
}

function totalLine(meter: RunMeter, output: Output): string {
  const { rows, expectedRows } = meter.moved();
  const elapsed = formatSeconds(meter.elapsedMs / 1000);
  const name = `${meter.phase ?? 'connecting'} ${tablesDone(meter)}`.trimEnd();
  if (meter.phase !== 'copying') return cutText(`${name}  ${elapsed}`, output.columns() - 1);
  return progressLine(
    { name: `${name}  ${elapsed}`, rows, expectedRows, ...meter.pace() },
    output.columns(),
    output.hasColors,
  );
}

/** `2/5` */
function tablesDone({ phase, compared, tables }: RunMeter): string {
  if (phase === 'verifying') return compared.length > 0 ? String(compared.length) : '';
  const done = [...tables.values()].filter(({ progress }) => isCopied(progress)).length;
  return tables.size > 0 ? `${done}/${tables.size}` : '';
}
