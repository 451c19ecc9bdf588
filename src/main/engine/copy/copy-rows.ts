/** Moves the rows: several pipelines at once, each a reader, a writer and the chunk that they work on. */
import type { TableReader, Writer } from '../driver/driver.ts';
import type { RowBundle } from '../model/row-bundle.ts';
import type { BinaryType } from '../row-binary/binary-type.ts';
import { BinaryDoubt } from '../driver/binary-doubt.ts';
import { agreeOnBinary } from './agree-on-binary.ts';
import type { CopyRequest } from './copy-request.ts';
import { cutUnits, gatherUnits, unitBuffers } from './cut-units.ts';
import { ChunkQueue, rowsPerChunk, type Chunk } from './chunk-queue.ts';
import { GroupTransaction } from './group-transaction.ts';
import { loadUnit, releaseUnit, type OnRefusedRow } from './load-unit.ts';
import type { BufferPool } from '../row-text/buffer-pool.ts';
import { readAhead } from './read-ahead.ts';

/** Resolves when every chunk is committed (or a limit ended the run); rejects with the first error, the others rolled back. */
export async function copyRows(request: CopyRequest): Promise<void> {
  const failure = new AbortController();
  const signal = AbortSignal.any([request.signal, failure.signal]);
  const queue = new ChunkQueue(request, signal);
  const pipelines = Math.min(request.snapshot.readers.length, request.writers);
  const work = request.snapshot.readers.slice(0, pipelines).map(async (reader) => {
    try {
      await runPipeline(request, queue, reader, signal);
    } catch (error) {
      failure.abort(error);
      throw error;
    }
  });
  const ended = await Promise.allSettled(work);
  request.signal.throwIfAborted();
  // The abort reason is the first error; the other pipelines only report that they were stopped by it.
  if (failure.signal.aborted) throw failure.signal.reason;
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}

async function runPipeline(
  request: CopyRequest,
  queue: ChunkQueue,
  reader: TableReader,
  signal: AbortSignal,
): Promise<void> {
  let writer: Writer | null = null;
  const buffers = unitBuffers();
  try {
    for (;;) {
      signal.throwIfAborted();
      const turn = await queue.next();
      if (!turn) return;
      writer ??= await request.target.openWriter();
      for (const chunk of await copyTurn(request, turn, { reader, writer, buffers }, signal)) queue.finished(chunk);
    }
  } finally {
    await writer?.[Symbol.asyncDispose]();
  }
}

interface Pipeline {
  readonly reader: TableReader;
  readonly writer: Writer;
  readonly buffers: BufferPool;
}

/** Those of small tables are committed together. Returns the chunks that are copied: all, unless a limit ended the run. */
async function copyTurn(
  request: CopyRequest,
  chunks: readonly Chunk[],
  { reader, writer, buffers }: Pipeline,
  signal: AbortSignal,
): Promise<readonly Chunk[]> {
  const [only, ...others] = chunks;
  if (only && others.length === 0) {
    await copyOneWayOrTheOther(request, only, { reader, writer, buffers }, signal);
    return chunks;
  }
  await using transaction = new GroupTransaction(writer);
  const { progress } = request;
  const grouped: CopyRequest = {
    ...request,
    progress: {
      of: progress.of.bind(progress),
      setStatus: progress.setStatus.bind(progress),
      addRead: progress.addRead.bind(progress),
      addCommitted: (...counts) => transaction.whenCommitted(() => progress.addCommitted(...counts)),
    },
  };
  let copied = 0;
  while (copied < chunks.length && !(copied > 0 && request.budget.ended))
    await copyChunk(grouped, chunks[copied++]!, { reader, writer: transaction, buffers }, null, signal);
  await transaction.commitAll();
  return chunks.slice(0, copied);
}

/** In row binary where that goes without a doubt; otherwise, from then on, as row text. */
async function copyOneWayOrTheOther(
  request: CopyRequest,
  chunk: Chunk,
  pipeline: Pipeline,
  signal: AbortSignal,
): Promise<void> {
  const { job } = chunk;
  job.binary ??= agreeOnBinary(request, chunk, pipeline.reader, pipeline.writer);
  const binary = await job.binary;
  try {
    await copyChunk(request, chunk, pipeline, binary, signal);
  } catch (error) {
    if (!(error instanceof BinaryDoubt)) throw error;
    job.binary = Promise.resolve(null);
    await copyChunk(request, chunk, pipeline, null, signal);
  }
}

async function copyChunk(
  request: CopyRequest,
  { job, number, range }: Chunk,
  { reader, writer, buffers }: Pipeline,
  binary: readonly BinaryType[] | null,
  signal: AbortSignal,
): Promise<void> {
  const { progress, budget, options, ledger } = request;
  const { plan } = job.copy.table;
  // Rows and bytes of the whole chunk for the ledger, and those of the open transaction for the counters.
  const chunk = { rows: 0, bytes: 0, failed: 0, isCut: false };
  let open = { rows: 0, bytes: 0 };
  const onRefused: OnRefusedRow = (...refusal) => {
    chunk.failed++;
    request.refused.refuse(...refusal);
  };
  progress.setStatus(job.counter, 'copying');
  const commit = async (statement: string | null) => {
    if (statement) await writer.execute(statement);
    await writer.commit();
    progress.addCommitted(job.counter, open.rows, open.bytes);
    open = { rows: 0, bytes: 0 };
  };
  // What is committed cannot be read again as text.
  const commitsParts = range === null && job.copy.mayCommitParts && !binary;
  const read = { rows: 0, bytes: 0 };
  const keys = job.copy.table.checksKeysAfter ? 'unchecked' : 'checked';
  await writer.begin(keys);
  try {
    const rows = binary ? reader.binary!.read(plan, range, binary, signal) : reader.read(plan, range, signal);
    const bundles = counted(rows, (bytes, count) => {
      read.rows += count;
      read.bytes += bytes;
      progress.addRead(job.counter, count, bytes);
    });
    for await (const whole of readAhead(binary ? gatherUnits(bundles, buffers) : cutUnits(bundles, buffers))) {
      try {
        signal.throwIfAborted();
        const unit = budget.take(whole);
        chunk.isCut = budget.ended;
        if (!unit) break;
        const before = read.bytes;
        const loaded = await loadUnit(writer, plan, unit, onRefused);
        const bytes = unit.kind === 'held' ? unit.bytes.length : read.bytes - before;
        for (const sum of [chunk, open]) {
          sum.rows += loaded;
          sum.bytes += bytes;
        }
        if (chunk.isCut) break;
        if (commitsParts && (open.bytes >= options.chunkBytes || open.rows >= rowsPerChunk)) {
          await commit(null);
          await writer.begin(keys);
        }
      } finally {
        await releaseUnit(whole);
      }
    }
    signal.throwIfAborted();
    await commit(ledger.commitStatement(plan.target, number, chunk));
  } catch (error) {
    await writer.rollback().catch(() => undefined);
    if (error instanceof BinaryDoubt) progress.addRead(job.counter, -read.rows, -read.bytes);
    throw error;
  }
}

async function* counted(
  bundles: AsyncIterable<RowBundle>,
  count: (bytes: number, rows: number) => void,
): AsyncGenerator<RowBundle> {
  for await (const bundle of bundles) {
    count(bundle.bytes.length, bundle.rows);
    yield bundle;
  }
}
