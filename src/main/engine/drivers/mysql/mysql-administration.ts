import { setTimeout as sleep } from 'node:timers/promises';
import type { Administration, Statements } from '../../driver/administration.ts';
import { marksQuery } from './connection-marks.ts';
import { quoteName } from './mysql-names.ts';

const systemDatabases = new Set(['information_schema', 'mysql', 'performance_schema', 'sys']);
const betweenLooksMs = 50;
const looks = 40;

export const mysqlAdministration: Administration = {
  // A login needs no database here.
  commonDatabase: '',

  async databases(session) {
    const rows = await session.query('SHOW DATABASES');
    return rows.map(([name]) => name!).filter((name) => !systemDatabases.has(name.toLowerCase()));
  },

  createDatabase: (session, name) => session.execute(`CREATE DATABASE ${quoteName(name)} CHARACTER SET utf8mb4`),

  // The same thing by another name.
  createSchema: (session, name) => mysqlAdministration.createDatabase(session, name),

  async endRun(session, streamId) {
    const ended = await connectionsOf(session, streamId);
    // One that ended meanwhile is what was wanted.
    await Promise.allSettled(ended.map((id) => session.execute(`KILL ${id}`)));
    for (let look = 0; look < looks && ended.length > 0; look++) {
      if ((await connectionsOf(session, streamId)).length === 0) break;
      await sleep(betweenLooksMs);
    }
    return ended.length;
  },
};

async function connectionsOf(session: Statements, streamId: string): Promise<string[]> {
  const [row] = await session.query(marksQuery(streamId));
  return row!.filter((id) => id !== null);
}
