/** Loads a unit and, when the target refuses it, finds the refused rows. The same for every writer. */
import { lineFeed, type LoadUnit } from '../model/row-bundle.ts';
import type { TablePlan } from '../model/table-plan.ts';
import { BinaryDoubt } from '../driver/binary-doubt.ts';
import { RowsRefused } from '../driver/rows-refused.ts';
import type { Writer } from '../driver/driver.ts';

/** Decides what a refused row means: returns to leave it out and go on, throws to end the run. */
export type OnRefusedRow = (plan: TablePlan, row: Buffer | null, refusal: RowsRefused) => void;

/**
 * Resolves to the number of rows loaded. `onRefused` gets each refused row as row text (null: it was too large to hold),
 * in table order. Throws BinaryDoubt for row binary that is refused: nothing of the unit is loaded then.
 */
export async function loadUnit(
  writer: Writer,
  plan: TablePlan,
  unit: LoadUnit,
  onRefused: OnRefusedRow,
): Promise<number> {
  try {
    await writer.load(plan, unit);
    return unit.rows;
  } catch (error) {
    if (!(error instanceof RowsRefused)) throw error;
    // Which rows, and what they hold, is found in their text.
    if (unit.kind === 'held' && unit.isBinary) throw new BinaryDoubt(error.message, { cause: error });
    if (unit.kind === 'streamed') {
      onRefused(plan, null, error);
      return 0;
    }
    return await loadHalves(writer, plan, unit.bytes, unit.rows, onRefused);
  }
}

/** Ends a unit, loaded or not: a reader must not wait for a streamed row that nobody will take. */
export async function releaseUnit(unit: LoadUnit): Promise<void> {
  if (unit.kind === 'held') unit.release?.();
  else await unit.bytes[Symbol.asyncIterator]().return?.();
}

/** Loads what can be loaded of `bytes`, halving until the refused rows stand alone. */
async function loadHalves(
  writer: Writer,
  plan: TablePlan,
  bytes: Buffer,
  rows: number,
  onRefused: OnRefusedRow,
): Promise<number> {
  try {
    await writer.loadStrict(plan, { kind: 'held', bytes, rows });
    return rows;
  } catch (error) {
    if (!(error instanceof RowsRefused)) throw error;
    if (rows === 1) {
      onRefused(plan, bytes, error);
      return 0;
    }
    const firstRows = Math.floor(rows / 2);
    const cut = endOfRow(bytes, firstRows);
    const first = await loadHalves(writer, plan, bytes.subarray(0, cut), firstRows, onRefused);
    return first + (await loadHalves(writer, plan, bytes.subarray(cut), rows - firstRows, onRefused));
  }
}

/** Offset after the `count`-th row of `bytes`. */
export function endOfRow(bytes: Buffer, count: number): number {
  let end = 0;
  for (let row = 0; row < count; row++) end = bytes.indexOf(lineFeed, end) + 1;
  return end;
}
