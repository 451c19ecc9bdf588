/** Row text of one side in whole rows, with a place in it up to which it has been compared. */
import { cutUnits, defaultCutLimits, unitBuffers } from '../copy/cut-units.ts';
import type { TableReader } from '../driver/driver.ts';
import type { LoadUnit } from '../model/row-bundle.ts';
import type { KeyRange, TablePlan } from '../model/table-plan.ts';

export interface Side {
  readonly reader: TableReader;
  readonly plan: TablePlan;
}

/** Four streams are open at once. */
const limits = { ...defaultCutLimits, unitBytes: 1024 ** 2 };
const nothing = Buffer.alloc(0);

export class RowStream implements AsyncDisposable {
  /** Whole rows; they change with every `fill` that resolves after all of them were passed over. */
  bytes: Buffer = nothing;
  /** Where the first row begins that was not passed over. */
  at = 0;
  /** All rows that were filled in so far. */
  rows = 0;
  readonly #units: AsyncGenerator<LoadUnit>;
  readonly #onRows: (rows: number) => void;
  #release: (() => void) | undefined;

  constructor({ reader, plan }: Side, range: KeyRange | null, onRows: (rows: number) => void) {
    this.#units = cutUnits(reader.read(plan, range), unitBuffers(limits), limits);
    this.#onRows = onRows;
  }

  /** Brings more rows once all were passed over. False: there are no more. */
  async fill(): Promise<boolean> {
    while (this.at === this.bytes.length) {
      this.#release?.();
      this.bytes = nothing;
      this.at = 0;
      const { value: unit } = (await this.#units.next()) as IteratorResult<LoadUnit, undefined>;
      if (unit === undefined) return false;
      // A row too large to stream through is held here: its canonical form may need all of it.
      this.bytes = unit.kind === 'held' ? unit.bytes : await collect(unit.bytes);
      this.#release = unit.kind === 'held' ? unit.release : undefined;
      this.rows += unit.rows;
      this.#onRows(unit.rows);
    }
    return true;
  }

  /** Ends the reading, wherever it is. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#units.return(undefined);
  }
}

async function collect(bytes: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
}
