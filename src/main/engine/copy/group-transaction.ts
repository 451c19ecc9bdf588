/**
 * One transaction for the chunks of many small tables: a commit waits for the disk, which takes longer than the rows of such a
 * table. Each chunk's rows and its entry in the ledger still commit together.
 */
import type { Writer } from '../driver/driver.ts';
import type { TablePlan } from '../model/table-plan.ts';
import type { LoadUnit } from '../model/row-bundle.ts';

/** Rows that turn out to be more than this, against all estimates, are not kept waiting for a commit. */
const mostBytes = 16 * 1024 ** 2;

/** Passes everything on, but for what begins and ends transactions. `commitAll` has to follow the last chunk. */
export class GroupTransaction implements Writer {
  readonly #writer: Writer;
  readonly #whenCommitted: (() => void)[] = [];
  #isOpen = false;
  #bytes = 0;

  constructor(writer: Writer) {
    this.#writer = writer;
  }

  /** The first of the group begins the transaction. */
  async begin(keys?: 'checked' | 'unchecked'): Promise<void> {
    if (this.#isOpen) return;
    await this.#writer.begin(keys);
    this.#isOpen = true;
  }

  async load(plan: TablePlan, unit: LoadUnit): Promise<void> {
    this.#count(unit);
    await this.#writer.load(plan, unit);
  }

  async loadStrict(plan: TablePlan, unit: LoadUnit): Promise<void> {
    await this.#writer.loadStrict(plan, unit);
  }

  async execute(sql: string): Promise<void> {
    await this.#writer.execute(sql);
  }

  /** Leaves the transaction open, unless much is in it. */
  async commit(): Promise<void> {
    if (this.#bytes > mostBytes) await this.commitAll();
  }

  async commitAll(): Promise<void> {
    if (this.#isOpen) await this.#writer.commit();
    this.#isOpen = false;
    this.#bytes = 0;
    for (const tell of this.#whenCommitted.splice(0)) tell();
  }

  /** Called with what has to wait for the commit, e.g. counters of committed rows. */
  whenCommitted(tell: () => void): void {
    this.#whenCommitted.push(tell);
  }

  /** Takes back all that is not committed, of other chunks too: none of them has an entry then. */
  async rollback(): Promise<void> {
    this.#isOpen = false;
    this.#whenCommitted.length = 0;
    await this.#writer.rollback();
  }

  /** The writer stays open for who opened it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOpen) await this.rollback();
  }

  #count(unit: LoadUnit): void {
    // A row that is streamed is larger than what may wait.
    this.#bytes += unit.kind === 'held' ? unit.bytes.length : mostBytes;
  }
}
