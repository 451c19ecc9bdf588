/** Hands out the chunks of all tables to the pipelines. */
import type { KeyRange } from '../model/table-plan.ts';
import { tableKey, type PlannedTable } from './convert-plan.ts';
import type { BinaryType } from '../row-binary/binary-type.ts';
import type { CopyRequest, TableToCopy } from './copy-request.ts';
import { parentsWithin } from './foreign-key-order.ts';
import { totalsOf, type LedgerChunk } from './ledger.ts';
import type { TableCounter } from './run-progress.ts';
import { isSmallTable } from './small-table.ts';

/** SPEC 4: a chunk is at most this many rows or `chunkBytes`. */
export const rowsPerChunk = 200_000;

export interface Chunk {
  readonly job: TableJob;
  readonly number: number;
  readonly range: KeyRange | null;
}

/** Small tables that are copied in one turn. */
const mostInGroup = 100;

export interface TableJob {
  readonly copy: TableToCopy;
  readonly counter: TableCounter;
  chunksLeft: number;
  /** Types of the columns in row binary, once a pipeline has asked; null: the table's rows travel as text. */
  binary: Promise<readonly BinaryType[] | null> | null;
}

/**
 * Tables in the given order, divided when their first chunk is asked for; many small ones are one turn. A table that was there
 * before, whose foreign keys are in force, waits until the tables that it refers to are copied.
 */
export class ChunkQueue {
  readonly #request: CopyRequest;
  readonly #signal: AbortSignal;
  readonly #tables: TableToCopy[];
  /** What pipelines get next: a chunk each, or those of small tables, each of one chunk. */
  readonly #turns: (readonly Chunk[])[] = [];
  /** tableKeys of tables that are not copied yet. */
  readonly #unfinished: Set<string>;
  readonly #parents: ReadonlyMap<string, ReadonlySet<string>>;
  #inFlight = 0;
  /** Divisions follow one another: two pipelines must not divide the same table. */
  #dividing: Promise<void> = Promise.resolve();
  #change = Promise.withResolvers<void>();

  constructor(request: CopyRequest, signal: AbortSignal) {
    this.#request = request;
    this.#signal = signal;
    this.#tables = [...request.tables];
    this.#unfinished = new Set(request.tables.map(({ table }) => tableKey(table.plan.target)));
    this.#parents = parentsWithin(request.tables.map(({ table }) => table));
    signal.addEventListener('abort', () => this.#tellChange(), { once: true });
    // At once, not when a table's turn comes: what is in the target counts, however long the others take.
    for (const { table, chunks } of request.tables) if (chunks) this.#countCommitted(table, chunks);
  }

  /**
   * One chunk, or several of small tables, to be copied one after the other. null: there is no more, or a limit is reached. Waits
   * while tables are left whose turn has not come.
   */
  async next(): Promise<readonly Chunk[] | null> {
    for (;;) {
      this.#signal.throwIfAborted();
      if (this.#request.budget.ended) return null;
      const turn = this.#turns.shift();
      if (turn) {
        this.#inFlight += turn.length;
        return turn;
      }
      if (this.#tables.length === 0) return null;
      if (this.#nextTable() < 0) await this.#change.promise;
      else {
        this.#dividing = this.#dividing.then(() => this.#divideNext());
        await this.#dividing;
      }
    }
  }

  /** To be called when a chunk that `next` gave is committed. */
  finished({ job }: Chunk): void {
    this.#inFlight--;
    if (--job.chunksLeft === 0) this.#tableFinished(job.copy.table, job.counter);
    this.#tellChange();
  }

  /** Index of the table whose turn it is, -1: none yet. Tables of a cycle take their turn when nothing else moves. */
  #nextTable(): number {
    const ready = this.#tables.findIndex(({ table }) => this.#isReady(table));
    return ready < 0 && this.#inFlight === 0 && this.#turns.length === 0 ? 0 : ready;
  }

  #isReady(table: PlannedTable): boolean {
    if (table.isCreated) return true;
    const parents = this.#parents.get(tableKey(table.plan.target))!;
    return ![...parents].some((parent) => this.#unfinished.has(parent));
  }

  async #divideNext(): Promise<void> {
    const index = this.#turns.length === 0 ? this.#nextTable() : -1;
    const [first] = index < 0 ? [] : this.#tables.splice(index, 1);
    if (first && this.#isSmall(first)) {
      const group = [first, ...this.#takeSmall(index)];
      await this.#request.ledger.divide(group.map(({ table }) => ({ target: table.plan.target, ranges: [null] })));
      const chunks = group.flatMap((copy) => this.#chunksOf(copy, [undivided]));
      this.#turns.push(chunks);
    } else if (first) this.#turns.push(...(await this.#divide(first)).map((chunk) => [chunk]));
    this.#tellChange();
  }

  /** Small tables that follow in the order, up to the first that is not. */
  #takeSmall(index: number): TableToCopy[] {
    const end = this.#tables.findIndex((table, place) => place >= index && !this.#isSmall(table));
    const most = (end < 0 ? this.#tables.length : end) - index;
    return this.#tables.splice(index, Math.min(most, mostInGroup - 1));
  }

  /** A new table of few rows. */
  #isSmall({ table: { plan, isCreated, checksKeysAfter }, chunks, mayCommitParts }: TableToCopy): boolean {
    const isAlone = this.#request.rowForm === 'binary';
    return isCreated && !checksKeysAfter && chunks === null && mayCommitParts && !isAlone && isSmallTable(plan);
  }

  async #divide(copy: TableToCopy): Promise<Chunk[]> {
    return this.#chunksOf(copy, copy.chunks ?? (await this.#newChunks(copy)));
  }

  #chunksOf(copy: TableToCopy, recorded: readonly LedgerChunk[]): Chunk[] {
    const counter = this.#request.progress.of(copy.table.plan.label);
    const left = recorded.map((chunk, number) => ({ ...chunk, number })).filter((chunk) => !chunk.committed);
    const job: TableJob = { copy, counter, chunksLeft: left.length, binary: null };
    if (left.length === 0) this.#tableFinished(copy.table, counter);
    return left.map(({ range, number }) => ({ job, number, range }));
  }

  async #newChunks({ table }: TableToCopy): Promise<LedgerChunk[]> {
    const { plan } = table;
    const { source, options, ledger } = this.#request;
    const small =
      (plan.estimatedRows ?? Infinity) < rowsPerChunk && (plan.estimatedBytes ?? Infinity) < options.chunkBytes;
    const ranges =
      plan.source.query || small
        ? [null]
        : await source.catalog.splitRanges(plan, { maxRows: rowsPerChunk, maxBytes: options.chunkBytes });
    await ledger.divide([{ target: plan.target, ranges }]);
    return ranges.map((range) => ({ range, committed: null }));
  }

  #countCommitted({ plan }: PlannedTable, chunks: readonly LedgerChunk[]): void {
    const counter = this.#request.progress.of(plan.label);
    const { rows, bytes, failed } = totalsOf(chunks);
    counter.failed += failed;
    this.#request.progress.addCommitted(counter, rows, bytes);
  }

  #tableFinished(table: PlannedTable, counter: TableCounter): void {
    this.#unfinished.delete(tableKey(table.plan.target));
    this.#request.progress.setStatus(counter, 'copied');
  }

  #tellChange(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}

const undivided: LedgerChunk = { range: null, committed: null };
