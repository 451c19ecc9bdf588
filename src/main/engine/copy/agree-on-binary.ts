/** Whether a table's rows travel in row binary: the writer says which types it wants, the reader whether it has them. */
import type { TableReader, Writer } from '../driver/driver.ts';
import type { BinaryType } from '../row-binary/binary-type.ts';
import { rowsPerChunk, type Chunk } from './chunk-queue.ts';
import type { CopyRequest } from './copy-request.ts';
import { isSmallTable } from './small-table.ts';

/** null: as row text. */
export async function agreeOnBinary(
  { options, rowForm }: CopyRequest,
  { job, range }: Chunk,
  reader: TableReader,
  writer: Writer,
): Promise<readonly BinaryType[] | null> {
  const { plan } = job.copy.table;
  if (rowForm === 'text' || (rowForm === null && isSmallTable(plan))) return null;
  // Rows are counted off by their line feeds.
  const isCounted = (options.limits.numberOfEvents ?? 0) > 0;
  // At a doubt the chunk is read again, so that nothing of it may have been committed.
  const { estimatedRows, estimatedBytes } = plan;
  const isOneChunk = (estimatedRows ?? Infinity) < rowsPerChunk || (estimatedBytes ?? Infinity) < options.chunkBytes;
  const isWhole = range !== null || !job.copy.mayCommitParts || isOneChunk;
  if (!reader.binary || !writer.binaryTypes || isCounted || !isWhole) return null;
  const types = await writer.binaryTypes(plan);
  return types && (await reader.binary.offers(plan, types)) ? types : null;
}
