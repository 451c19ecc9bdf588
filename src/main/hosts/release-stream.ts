/** Takes back what a stream keeps in its databases when it will not be continued. */
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { ConnectionSettings } from '../../shared/model/connection.ts';
import type { Finding } from '../../shared/model/finding.ts';
import { Ledger } from '../engine/copy/ledger.ts';
import { loadDriver } from '../engine/driver/registry.ts';

/** Removes the stream's ledger entries, and the ledger when nobody else uses it. Never rejects: what is left is a finding. */
export async function releaseStream(
  target: ConnectionSettings,
  streamId: string,
  signal: AbortSignal,
): Promise<Finding[]> {
  try {
    const driver = await loadDriver(target.kind);
    // Under a name of its own: what the stream left at work may be ended at the same time, by its name.
    await using session = await driver.connect(target, { role: 'target', streamId: `${streamId}:release`, signal });
    const ledger = new Ledger(session, driver.dialect, streamId);
    if (await ledger.load()) await ledger.close();
    return [];
  } catch (thrown) {
    const error = SluiceError.from(thrown);
    // A database that is gone keeps nothing.
    if (error.code === 'file_missing' || error.code === 'database_missing') return [];
    const why = signal.aborted ? 'the server did not answer in time' : error.message;
    return [
      {
        severity: 'warning',
        code: 'ledger_left',
        message: `Entries of stream ${streamId} are left in the tables _sluice_chunks and _sluice_positions of the target: ${why}`,
        statement: ['_sluice_chunks', '_sluice_positions']
          .map((table) => `DELETE FROM ${table} WHERE stream_id = '${streamId}';`)
          .join('\n'),
      },
    ];
  }
}
