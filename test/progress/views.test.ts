import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RunEvent } from '../../src/shared/model/run-event.ts';
import { jsonView } from '../../src/main/progress/json-view.ts';
import { plainView } from '../../src/main/progress/plain-view.ts';
import { progressLine } from '../../src/main/progress/progress-line.ts';
import { RunMeter } from '../../src/main/progress/run-meter.ts';
import { findingLines, summaryLines } from '../../src/main/progress/run-summary.ts';
import { terminalView } from '../../src/main/progress/terminal-view.ts';
import { textWidth } from '../../src/main/progress/text-table.ts';
import type { RunView } from '../../src/main/progress/run-view.ts';
import { FakeScreen } from './support/fake-screen.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const progress = (name: string, readRows: number, status: 'copying' | 'copied' | 'failed' = 'copying'): RunEvent => ({
  type: 'progress',
  table: { name, status, rows: status === 'copying' ? 0 : readRows, estimatedRows: 1000, bytes: 2_000_000, failed: 0 },
  readRows,
  readBytes: 2_000_000,
});
const waiting = (name: string) =>
  ({ name, status: 'waiting', rows: 0, estimatedRows: 1000, bytes: 0, failed: 0 }) as const;
const plan = (...names: string[]): RunEvent => ({
  type: 'plan',
  tables: names.map(waiting),
  guarantee: 'snapshot',
  reason: null,
});
const copying: RunEvent = { type: 'phase', phase: 'copying', detail: null };

function show(meter: RunMeter, view: RunView, ...events: RunEvent[]): void {
  for (const event of events) {
    meter.add(event);
    view.add(event);
  }
}

describe('a line of progress', () => {
  const figures = {
    name: 'order_items',
    rows: 620,
    expectedRows: 1000,
    rowsPerSecond: 81_300,
    bytesPerSecond: 9_800_000,
    secondsLeft: 3,
  };

  test('at full width', () => {
    expect(progressLine(figures, 120, false)).toBe(
      'order_items               ███████████████████░░░░░░░░░░░   62 %  620/1,000  81,300 rows/s  9.8 MB/s  ETA 3.0 s',
    );
  });

  test('never fills the last column, however narrow', () => {
    for (let columns = 1; columns <= 130; columns++)
      expect(textWidth(progressLine({ ...figures, name: '日本語'.repeat(9) }, columns, false))).toBeLessThan(
        Math.max(2, columns),
      );
  });

  test('without an estimate there is neither bar nor share', () => {
    expect(progressLine({ ...figures, expectedRows: null, secondsLeft: null }, 100, false)).toBe(
      'order_items               620  81,300 rows/s  9.8 MB/s',
    );
  });

  test('more rows than estimated are not more than all', () => {
    expect(progressLine({ ...figures, rows: 5000 }, 120, false)).toContain('99 %  5,000/5,000');
  });
});

describe('plain lines', () => {
  test('tell phases, tables that are done, and the pace at intervals', () => {
    const screen = new FakeScreen({ isTerminal: false });
    const meter = new RunMeter(() => Date.now());
    const view = plainView(screen.output, meter, 3);
    show(meter, view, plan('a', 'b'), copying, progress('a', 200));
    vi.advanceTimersByTime(3000);
    show(meter, view, progress('a', 500));
    vi.advanceTimersByTime(3000);
    show(meter, view, progress('a', 1000, 'copied'), progress('a', 1000, 'copied'));
    view.close();
    vi.advanceTimersByTime(9000);
    expect(screen.text).toBe(
      [
        '[0.0 s] copying',
        '[3.0 s] 200 rows (10 %), 2.0 MB, 67 rows/s, 0.7 MB/s, 27.0 s left · a 200',
        '[6.0 s] 500 rows (25 %), 2.0 MB, 100 rows/s, 0 kB/s, 15.0 s left · a 500',
        '[6.0 s] a: 1,000 rows, 2.0 MB',
        '',
      ].join('\n'),
    );
  });

  test('0 means no periodic lines', () => {
    const screen = new FakeScreen({ isTerminal: false });
    plainView(screen.output, new RunMeter(() => Date.now()), 0);
    vi.advanceTimersByTime(60_000);
    expect(screen.text).toBe('');
  });
});

test('JSON lines are the events', () => {
  const screen = new FakeScreen({ isTerminal: false });
  const view = jsonView(screen.output);
  view.add(copying);
  view.add(progress('a\n', 1));
  expect(
    screen.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([copying, progress('a\n', 1)]);
});

describe('a terminal', () => {
  function startTerminal(size: { columns: number; rows: number }) {
    const screen = new FakeScreen({ isTerminal: true, ...size });
    const meter = new RunMeter(() => Date.now());
    return { screen, meter, view: terminalView(screen.output, meter) };
  }

  test('shows moving tables below those that are done, and leaves only these', () => {
    const { screen, meter, view } = startTerminal({ columns: 100, rows: 30 });
    show(meter, view, plan('a', 'b', 'c'), copying, progress('a', 500), progress('b', 10));
    vi.advanceTimersByTime(1000);
    expect(screen.lines.map((line) => line.slice(0, 11).trim())).toEqual(['a', 'b', 'copying 0/3']);
    show(meter, view, progress('a', 900, 'copied'), progress('b', 20, 'failed'), progress('c', 5));
    vi.advanceTimersByTime(1000);
    expect(screen.lines).toEqual([
      expect.stringMatching(/^✓ a +900 rows +2\.0 MB +1\.0 s$/),
      expect.stringMatching(/^✗ b +20 rows +2\.0 MB +1\.0 s$/),
      expect.stringMatching(/^c /),
      expect.stringMatching(/^copying 2\/3 /),
    ]);
    show(meter, view, progress('c', 7, 'copied'));
    view.close();
    expect(screen.lines.map((line) => line.slice(0, 3))).toEqual(['✓ a', '✗ b', '✓ c']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('has room for as many as fit', () => {
    const { screen, meter, view } = startTerminal({ columns: 60, rows: 8 });
    const names = Array.from({ length: 40 }, (_, index) => `table_${index}`);
    show(meter, view, plan(...names), copying, ...names.map((name) => progress(name, 1)));
    vi.advanceTimersByTime(1000);
    expect(screen.lines).toHaveLength(6);
    expect(screen.lines.at(-2)).toBe('and 36 more');
    for (const line of screen.lines) expect(line.length).toBeLessThan(60);
    view.close();
  });

  test('shows what is being built', () => {
    const { screen, meter, view } = startTerminal({ columns: 60, rows: 20 });
    const build = {
      type: 'build',
      table: 'a',
      name: 'by_name',
      kind: 'index',
      status: 'started',
      error: null,
    } as const;
    show(meter, view, plan('a'), { type: 'phase', phase: 'indexing', detail: null }, build);
    vi.advanceTimersByTime(400);
    expect(screen.lines).toEqual(['building a: by_name', expect.stringMatching(/^indexing 0\/1 {2}0\.\d s$/)]);
    view.close();
  });

  test('has no colours where NO_COLOR is set', () => {
    const screen = new FakeScreen({ isTerminal: true, columns: 100, rows: 30, hasColors: false });
    const meter = new RunMeter(() => Date.now());
    const view = terminalView(screen.output, meter);
    show(meter, view, plan('a'), copying, progress('a', 5), progress('a', 9, 'copied'));
    vi.advanceTimersByTime(1000);
    view.close();
    expect(screen.text).not.toMatch(/\u001B\[[0-9;]*m/);
  });
});

describe('the summary', () => {
  test('has tables, totals, refused rows and findings', () => {
    const meter = new RunMeter(() => 0);
    meter.add(plan('a', 'b'));
    meter.add(progress('a', 1_234_567, 'copied'));
    meter.add({
      type: 'row-error',
      error: { table: 'b', columns: ['id', 'v'], values: ['1', null], message: 'no NULL here', code: '23502' },
    });
    meter.add({ type: 'finding', finding: { severity: 'info', code: 'x', message: 'Good to know.' } });
    meter.add({
      type: 'finding',
      finding: { severity: 'warning', code: 'y', message: 'Lost.', statement: 'SELECT\n1' },
    });
    expect(summaryLines(meter, { rows: 1_234_567, bytes: 2_000_000, failed: 3, seconds: 2 }, '/rejects')).toEqual([
      'table       rows    size   time  row errors',
      '─────  ─────────  ──────  ─────  ──────────',
      'a      1,234,567  2.0 MB  0.0 s',
      'b              0    0 kB',
      '',
      '2 tables, 1,234,567 rows, 2.0 MB in 2.0 s (617,284 rows/s, 1.0 MB/s), 3 row errors',
      'Guarantee: snapshot.',
      '',
      'Rows that the target refused:',
      '  b (id = 1, v = NULL): no NULL here',
      '  and 2 more',
      'All of them are in /rejects.',
      '',
      'Warnings:',
      '  - Lost.',
      '      SELECT',
      '      1',
      '',
      'Notes:',
      '  - Good to know.',
    ]);
  });

  test('names the first findings of many', () => {
    const findings = ['One.', 'Two.', 'Three.', 'Four.', 'Five.'].map((message) => ({
      severity: 'error' as const,
      code: 'x',
      message,
    }));
    expect(findingLines(findings, 2)).toEqual([
      '',
      'Refused because:',
      '  - One.',
      '  - Two.',
      '  and 3 more; `sluice plan` lists them all',
    ]);
  });

  test('says once what holds for many, with the first of the statements', () => {
    const columns = Array.from({ length: 100 }, (_, index) => `column_${index}`);
    const findings = columns.map((column) => ({
      severity: 'warning' as const,
      code: 'x',
      message: `Column "${column}" of "a" ignores case.`,
      statement: `ALTER ${column}\n${'-\n'.repeat(8)}`,
    }));
    const lines = findingLines(findings);
    expect(lines.slice(0, 4)).toEqual([
      '',
      'Warnings:',
      '  - Each of 100 columns ignores case.',
      `      a (${columns
        .slice(0, 11)
        .join(', ')
        .replace(/ column_10$/, '')}`,
    ]);
    expect(lines.slice(-8).map((line) => line.trim())).toEqual(
      [
        '...',
        'ALTER column_0',
        ...Array<string>(5).fill('-'),
        ...['...', 'and 99 statements like it: `--json` gives them all'],
      ].slice(1),
    );
    // All that there is where nothing is left out.
    const whole = findingLines(findings, Number.POSITIVE_INFINITY).join(' ');
    for (const column of columns) expect(whole).toContain(column);
  });
});
