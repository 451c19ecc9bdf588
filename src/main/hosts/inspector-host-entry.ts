/** The program of an inspector host: everything that touches a user's database beside a running stream. */
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { ConnectionSettings } from '../../shared/model/connection.ts';
import type { ComparedTable } from '../../shared/model/compared-table.ts';
import type { VerifyResult } from '../../shared/model/copy-plan.ts';
import type { RunEvent } from '../../shared/model/run-event.ts';
import type { DatabaseListing } from '../../shared/model/structure.ts';
import { planConvert } from '../engine/copy/convert.ts';
import { describePlan } from '../engine/copy/describe-plan.ts';
import { tableLabel } from '../engine/copy/select-tables.ts';
import type { Driver, Session } from '../engine/driver/driver.ts';
import { loadDriver } from '../engine/driver/registry.ts';
import { repairConvert } from '../engine/verify/repair-convert.ts';
import { verifyConvert } from '../engine/verify/verify-convert.ts';
import { describeStructure } from './describe-structure.ts';
import { EventBatcher } from './event-batcher.ts';
import { endRun } from './end-run.ts';
import { profileStream, requestOf, surveyStream } from './inspect-stream.ts';
import type { StreamEnds } from './inspector.ts';
import { inspectorOperations } from './inspector-operations.ts';
import { previewTable } from './preview-table.ts';
import { releaseStream } from './release-stream.ts';
import { serveHost, type CallContext } from './serve-host.ts';

type Work<Result> = (session: Session, driver: Driver) => Promise<Result>;
type Role = 'source' | 'target';

/** Read-only unless `role` is `target`. A missing SQLite file of a target stands for an empty database. */
async function withSession<Result>(
  settings: ConnectionSettings,
  role: Role,
  signal: AbortSignal,
  work: Work<Result>,
): Promise<Result> {
  const driver = await loadDriver(settings.kind);
  const createDatabase = role === 'target' ? 'pretend' : false;
  await using session = await driver.connect(settings, { role, streamId: 'inspector', signal, createDatabase });
  return await work(session, driver);
}

/** The server whatever database the connection names: the one to be created is not there yet. */
async function withServer<Result>(
  settings: ConnectionSettings,
  role: Role,
  signal: AbortSignal,
  work: Work<Result>,
): Promise<Result> {
  try {
    return await withSession(settings, role, signal, work);
  } catch (error) {
    const { administration } = await loadDriver(settings.kind);
    const isMissing = error instanceof SluiceError && error.code === 'database_missing';
    if (!isMissing || administration.commonDatabase === null || !('database' in settings)) throw error;
    return await withSession({ ...settings, database: administration.commonDatabase }, role, signal, work);
  }
}

async function listDatabases(settings: ConnectionSettings, signal: AbortSignal): Promise<DatabaseListing[]> {
  const databases = await withServer(settings, 'source', signal, (session, { administration }) =>
    administration.databases(session),
  );
  const { capabilities } = await loadDriver(settings.kind);
  if (!capabilities.schemas) return databases.map((name) => ({ name }));
  const listings: DatabaseListing[] = [];
  // One after the other: a server with hundreds of databases is not to be flooded with connections.
  for (const name of databases) {
    const schemas = await withSession(
      { ...settings, database: name } as ConnectionSettings,
      'source',
      signal,
      (session) => session.catalog.schemas(),
    ).catch((error: unknown) => {
      if (signal.aborted) throw error;
      // A database that refuses this user all the same has a name.
      return undefined;
    });
    listings.push({ name, ...(schemas && { schemas }) });
  }
  return listings;
}

/** Resolves with what the events `compared` told. */
async function compare(
  work: typeof verifyConvert,
  ends: StreamEnds,
  { signal, emit }: CallContext<RunEvent[]>,
): Promise<VerifyResult> {
  const tables: ComparedTable[] = [];
  const batcher = new EventBatcher(emit);
  const onEvent = (event: RunEvent) => {
    if (event.type === 'compared') tables.push(event.table);
    batcher.add(event);
  };
  await work(requestOf(ends, signal, onEvent));
  batcher.flush();
  return { tables };
}

serveHost(inspectorOperations, {
  async ping({ settings }, { signal }) {
    const started = performance.now();
    return await withSession(settings, 'source', signal, async (session) => {
      await session.query('SELECT 1');
      return { version: session.server.version, latencyMs: Math.round((performance.now() - started) * 10) / 10 };
    });
  },
  databases: ({ settings }, { signal }) => listDatabases(settings, signal),
  async createDatabase({ settings, name }, { signal }) {
    await withServer(settings, 'target', signal, (session, { administration }) =>
      administration.createDatabase(session, name),
    );
    return null;
  },
  async createSchema({ settings, name }, { signal }) {
    await withSession(settings, 'target', signal, (session, { administration }) =>
      administration.createSchema(session, name),
    );
    return null;
  },
  tables: ({ settings }, { signal }) =>
    withSession(settings, 'source', signal, async ({ catalog }) =>
      (await catalog.tables()).map(({ name }) => tableLabel(name, catalog.defaultSchema)),
    ),
  views: ({ settings }, { signal }) =>
    withSession(settings, 'source', signal, async ({ catalog }) =>
      (await catalog.views()).map(({ name }) => tableLabel(name, catalog.defaultSchema)),
    ),
  structure: ({ settings }, { signal }) =>
    withSession(settings, 'source', signal, (session, { dialect }) => describeStructure(session, dialect)),
  preview: ({ settings, ...page }, { signal }) =>
    withSession(settings, 'source', signal, (session, { dialect }) => previewTable(session, dialect, page)),
  preflight: ({ settings, role }, { signal }) =>
    withSession(settings, role, signal, (session) => session.preflight(role)),
  survey: (ends, { signal }) => surveyStream(ends, signal),
  plan: async (ends, { signal }) => await describePlan(await planConvert(requestOf(ends, signal)), ends.target.kind),
  profile: (ends, { signal }) => profileStream(ends, signal),
  verify: (ends, context) => compare(verifyConvert, ends, context),
  repair: (ends, context) => compare(repairConvert, ends, context),
  release: ({ target, streamId }, { signal }) => releaseStream(target, streamId, signal),
  async endRun({ streamId, ...ends }, { signal }) {
    await endRun(ends, { streamId }, signal);
    return null;
  },
});
