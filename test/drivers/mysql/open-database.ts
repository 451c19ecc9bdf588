/** What the driver's tests share: sessions on a database of their own, and loading of row text. */
import { loadDriver } from '../../../src/main/engine/driver/registry.ts';
import type { Session, SessionOptions, Writer } from '../../../src/main/engine/driver/driver.ts';
import type { TablePlan } from '../../../src/main/engine/model/table-plan.ts';
import type { TestDatabase } from '../../support/databases.ts';

export const bothKinds = ['mariadb', 'mysql'] as const;

export async function openSession(
  database: Pick<TestDatabase, 'settings'>,
  role: 'source' | 'target',
  options: Partial<SessionOptions> = {},
): Promise<Session> {
  const driver = await loadDriver(database.settings.kind);
  return driver.connect(database.settings, {
    role,
    streamId: 'stream_test',
    signal: new AbortController().signal,
    ...options,
  });
}

export type Way = 'load' | 'loadStrict';

/** Loads row text in one transaction, as one unit. */
export async function loadBytes(session: Session, plan: TablePlan, bytes: Buffer, way: Way = 'load'): Promise<void> {
  await using writer = await session.openWriter();
  await writer.begin();
  await loadUnit(writer, plan, bytes, way);
  await writer.commit();
}

export async function loadUnit(writer: Writer, plan: TablePlan, bytes: Buffer, way: Way = 'load'): Promise<void> {
  const rows = bytes.reduce((count, value) => count + (value === 0x0a ? 1 : 0), 0);
  await writer[way](plan, { kind: 'held', bytes, rows });
}
