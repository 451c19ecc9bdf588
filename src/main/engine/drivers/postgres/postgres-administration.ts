import { setTimeout as sleep } from 'node:timers/promises';
import type { Administration } from '../../driver/administration.ts';
import { quoteName, quoteText } from './postgres-names.ts';

const betweenLooksMs = 50;
const looks = 40;

export const postgresAdministration: Administration = {
  commonDatabase: 'postgres',

  async databases(session) {
    const rows = await session.query(`SELECT datname FROM pg_catalog.pg_database
      WHERE datallowconn AND NOT datistemplate AND has_database_privilege(oid, 'CONNECT') ORDER BY datname`);
    return rows.map(([name]) => name!);
  },

  createDatabase: (session, name) => session.execute(`CREATE DATABASE ${quoteName(name)}`),

  createSchema: (session, name) => session.execute(`CREATE SCHEMA ${quoteName(name)}`),

  async endRun(session, streamId) {
    const ended = await session.query(`SELECT pg_terminate_backend(pid) ${ofRun(streamId)}`);
    for (let look = 0; look < looks && ended.length > 0; look++) {
      if ((await session.query(`SELECT 1 ${ofRun(streamId)}`)).length === 0) break;
      await sleep(betweenLooksMs);
    }
    return ended.length;
  },
};

/** Connections of the same user only: others cannot be ended without a privilege for it. */
const ofRun = (streamId: string) =>
  `FROM pg_catalog.pg_stat_activity WHERE application_name = ${quoteText(`sluice:${streamId}`)} AND usename = current_user`;
