import { describe, expect, it } from 'vitest';
import { loadUnit } from '../../../src/main/engine/copy/load-unit.ts';
import { RowBudget } from '../../../src/main/engine/copy/row-budget.ts';
import type { Writer } from '../../../src/main/engine/driver/driver.ts';
import { RowsRefused } from '../../../src/main/engine/driver/rows-refused.ts';
import type { LoadUnit } from '../../../src/main/engine/model/row-bundle.ts';
import type { TablePlan } from '../../../src/main/engine/model/table-plan.ts';

const plan = { label: 'things' } as TablePlan;
const unitOf = (rows: readonly string[]): LoadUnit => ({
  kind: 'held',
  bytes: Buffer.from(rows.map((row) => `${row}\n`).join('')),
  rows: rows.length,
});

/** A target that keeps whole units unless one of their rows says `bad`. */
function pickyWriter(kept: string[]): Writer {
  const load = async (_plan: TablePlan, unit: LoadUnit) => {
    if (unit.kind !== 'held') throw new Error('only held units here');
    const rows = unit.bytes.toString().split('\n').slice(0, -1);
    expect(rows).toHaveLength(unit.rows);
    if (rows.some((row) => row.includes('bad'))) throw new RowsRefused('bad row', '22P02');
    kept.push(...rows);
  };
  return { load, loadStrict: load } as unknown as Writer;
}

describe('loadUnit', () => {
  it('keeps every good row in order and reports every refused one', async () => {
    const rows = Array.from(
      { length: 100 },
      (_, index) => `${index}\t${[0, 37, 38, 99].includes(index) ? 'bad' : 'ok'}`,
    );
    const kept: string[] = [];
    const refused: string[] = [];
    const loaded = await loadUnit(pickyWriter(kept), plan, unitOf(rows), (_plan, row) => refused.push(row!.toString()));
    expect(loaded).toBe(96);
    expect(kept).toEqual(rows.filter((row) => !row.includes('bad')));
    expect(refused).toEqual(['0\tbad\n', '37\tbad\n', '38\tbad\n', '99\tbad\n']);
  });

  it('stops at the first refused row when the policy throws', async () => {
    const refuse = () => {
      throw new Error('stop');
    };
    await expect(loadUnit(pickyWriter([]), plan, unitOf(['bad', 'ok']), refuse)).rejects.toThrow('stop');
  });

  it('passes on errors that are not about rows', async () => {
    const writer = { load: () => Promise.reject(new Error('gone')) } as unknown as Writer;
    await expect(loadUnit(writer, plan, unitOf(['1']), () => undefined)).rejects.toThrow('gone');
  });
});

describe('RowBudget', () => {
  it('cuts the unit in which the number of rows is reached', () => {
    const budget = new RowBudget({ numberOfEvents: 3 });
    expect(budget.take(unitOf(['1', '2']))?.rows).toBe(2);
    const cut = budget.take(unitOf(['3', '4', '5']));
    expect(cut?.kind === 'held' && cut.bytes.toString()).toBe('3\n');
    expect(budget.ended).toBe(true);
    expect(budget.take(unitOf(['6']))).toBeNull();
  });

  it('ends when the time is over', () => {
    let now = 0;
    const budget = new RowBudget({ elapsedTime: 2 }, { rows: 0, ms: 0 }, () => now);
    expect(budget.take(unitOf(['1']))?.rows).toBe(1);
    now = 2000;
    expect(budget.take(unitOf(['2']))).toBeNull();
  });

  it('never ends without limits', () => {
    const budget = new RowBudget({ numberOfEvents: 0 });
    expect(budget.take(unitOf(['1']))?.rows).toBe(1);
    expect(budget.ended).toBe(false);
  });
});
