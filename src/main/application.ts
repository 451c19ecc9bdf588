/**
 * The composition root: makes every part, gives each what it needs, and owns the order of starting and quitting. The
 * window's entry and the headless one bring what differs between them.
 */
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { AppEvent } from '../shared/contract/events.ts';
import { SluiceError } from '../shared/errors/sluice-error.ts';
import type { Finding } from '../shared/model/finding.ts';
import type { Settings } from '../shared/model/settings.ts';
import type { StreamSummary } from '../shared/model/stream.ts';
import type { Vault } from './credentials/vault.ts';
import type { Inspector } from './hosts/inspector.ts';
import type { StreamHosts } from './hosts/stream-host.ts';
import { ApiKey } from './services/api-key.ts';
import { ConnectionAccess } from './services/connection-access.ts';
import { connectionHandlers } from './services/connections.ts';
import { Dispatcher, type AppState } from './services/dispatcher.ts';
import { EventFeed } from './services/event-feed.ts';
import { serverHandlers } from './services/server.ts';
import { streamConfigHandlers } from './services/stream-configs.ts';
import { streamHandlers, unattendedEnds } from './services/streams.ts';
import { Verifications } from './services/verifications.ts';
import { lockDataDirectory } from './stores/data-directory-lock.ts';
import { makeDataDirectory } from './stores/data-directory.ts';
import { DocumentStore, type DocumentFile } from './stores/document-store.ts';
import { Journal } from './stores/journal.ts';
import { streamRejectFile } from './stores/reject-file.ts';
import { timestamp, type Clock } from './streams/clock.ts';
import { Supervisor } from './streams/supervisor.ts';
import { Sessions } from './transports/rest/access.ts';
import { isLoopback, listen, ownNames, type ListenAddress } from './transports/rest/listen.ts';
import { createRestServer } from './transports/rest/server.ts';

/** What the surroundings give: the same in both entries, by other means. */
export interface Platform {
  readonly version: string;
  /** Absolute. Made when it is missing. */
  readonly dataDirectory: string;
  readonly documentFile: (directory: string) => DocumentFile;
  readonly vault: Vault;
  readonly hosts: StreamHosts;
  readonly inspector: Inspector;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends the processes of hosts and of the keychain, however busy they are. */
  readonly closeHosts: () => Promise<void>;
}

export interface Log {
  /** `facts`: for programs that read the log. */
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
  error(message: string, error?: unknown): void;
}

export interface RestOptions extends ListenAddress {
  /** Folder of the UI's pages for browsers. Default: there is no UI in a browser. */
  readonly uiFolder?: string;
  /** An address that cannot be had is a finding, and the app goes on without REST. Default: it cannot start. */
  readonly isOptional?: boolean;
}

export interface ApplicationOptions {
  /** Where the REST API listens; null: nowhere. */
  readonly rest: RestOptions | null;
  /** Continue streams that were running when Sluice last ended, whatever the setting `resumeOnStart`. */
  readonly resume: boolean;
  readonly apiKeyFile?: string | undefined;
  /** How long a stream may take to pause or stop before its process is ended. Default 3 s. */
  readonly graceMs?: number;
  /** How long to wait then until the process is gone. Default 3 s. */
  readonly exitMs?: number;
  readonly heartbeatMs?: number;
  /** How long a request to the REST API may take to come in. Default 60 s. */
  readonly requestMs?: number;
}

export interface Application {
  readonly dispatcher: Dispatcher;
  readonly feed: EventFeed;
  readonly apiKey: ApiKey;
  readonly sessions: Sessions;
  /** e.g. `http://127.0.0.1:8020`; null without REST. */
  readonly url: string | null;
  readonly findings: readonly Finding[];
  settings(): Settings;
  /** Streams that are RUNNING. The feed tells when that may have changed: by `stream` and `deleted`. */
  runningStreams(): StreamSummary[];
  /** Streams that wait for their next attempt make it at once, e.g. after the computer slept. */
  retryWaiting(): void;
  /** Pauses streams durably and closes everything. Ends, whatever a database does. Calling it again waits for the same end. */
  quit(): Promise<void>;
}

/** Rejects with `data_directory_in_use`, `data_file_newer`, `data_file_failed`, or when the address is taken. */
export async function startApplication(platform: Platform, options: ApplicationOptions): Promise<Application> {
  try {
    return await start(platform, options);
  } catch (error) {
    const { code, message, details } = SluiceError.from(error);
    // It waits for room once it runs; it cannot start without any.
    throw code === 'disk_full' ? new SluiceError('data_file_failed', message, details, error) : error;
  }
}

async function start(platform: Platform, options: ApplicationOptions): Promise<Application> {
  const { clock, log, vault, inspector, dataDirectory } = platform;
  const onDefect = (error: unknown) => log.error('A defect', error);
  // First of all the lock: nothing may be read that another Sluice is writing.
  makeDataDirectory(dataDirectory);
  const lock = lockDataDirectory(dataDirectory);
  let journal: Journal | null = null;
  let server: FastifyInstance | null = null;
  try {
    const store = new DocumentStore(platform.documentFile(dataDirectory), new Date(clock.now()));
    // Streams start from configs: where there are any, there was a journal.
    const hadJournal = store.document.streamConfigs.length > 0;
    journal = new Journal(join(dataDirectory, 'journal.sqlite'), onDefect, new Date(clock.now()), hadJournal);
    const findings = [...store.findings, ...journal.findings];
    const feed = new EventFeed(clock.now().toString(36));
    const publish = (event: AppEvent) => {
      feed.publish(event);
      if (event.type === 'stream' && event.stream.status === 'FINISHED') verifyAsWished(event.stream.id);
    };
    const announce = (what: 'connections' | 'stream-configs' | 'settings') => () =>
      publish({ type: 'changed', at: timestamp(clock), what });
    const onSettings = () => {
      announce('settings')();
      forgetOld();
    };
    const supervisor = new Supervisor({
      journal,
      rejectFile: (streamId) => streamRejectFile(dataDirectory, streamId),
      hosts: platform.hosts,
      clock,
      publish,
      graceMs: options.graceMs ?? 3_000,
      exitMs: options.exitMs ?? 3_000,
      onError: onDefect,
    });
    let cancelForgetting: () => void = () => undefined;
    /** Now, and every hour from now on. */
    const forgetOld = () => {
      cancelForgetting();
      cancelForgetting = clock.after(hourMs, forgetOld);
      try {
        supervisor.forgetAfter(store.document.settings.historyDays);
      } catch (error) {
        onDefect(error);
      }
    };
    const access = new ConnectionAccess(store, vault, inspector, platform.environment);
    const verifications = new Verifications(journal, access, clock, onDefect);
    /** `verify: true` of a config: the report is that of GET /streams/{id}/verify. */
    const verifyAsWished = (id: string) => {
      const stream = supervisor.detail(id);
      if (!stream.config.verify) return;
      verifications.start(stream).catch((error: unknown) => {
        log.warn(`Stream ${id} could not be verified: ${SluiceError.from(error).message}`, { stream: id });
      });
    };
    const apiKey = await loadApiKey(platform, options.apiKeyFile, findings);
    const { version } = platform;
    let state: AppState = 'starting';
    const dispatcher = new Dispatcher(
      {
        ...connectionHandlers({ store, vault, access, supervisor, clock, announce: announce('connections') }),
        ...streamConfigHandlers({ store, access, supervisor, clock, announce: announce('stream-configs') }),
        ...streamHandlers({ store, journal, access, supervisor, verifications }),
        ...serverHandlers({ version, dataDirectory, store, vault, apiKey, findings, onSettings }),
      },
      onDefect,
      () => state,
    );
    const sessions = new Sessions(
      () => clock.now(),
      () => apiKey.value,
    );
    let url: string | null = null;
    const { rest } = options;
    if (rest) {
      server = createRestServer({
        version,
        dispatcher,
        feed,
        sessions,
        apiKey: () => apiKey.value,
        allowedHosts: () => [...store.document.settings.allowedHosts, ...ownNames(rest.host)],
        uiFolder: rest.uiFolder ?? null,
        state: () => state,
        statistics: () => supervisor.activeStatistics(),
        onDefect,
        ...(options.heartbeatMs === undefined ? {} : { heartbeatMs: options.heartbeatMs }),
        ...(options.requestMs === undefined ? {} : { requestMs: options.requestMs }),
      });
      url = await listen(server, rest).catch((error: unknown) => {
        if (!rest.isOptional) throw error;
        findings.push(noRestFinding(error));
        return null;
      });
      if (url !== null)
        log.info(`The REST API listens at ${url}/api/v1`, { url, dataDirectory, apiKeyFrom: apiKey.source });
      if (!isLoopback(rest.host)) log.warn(openDoorWarning);
    }

    const { settings } = store.document;
    forgetOld();
    const paused = supervisor.recover();
    state = 'ready';
    for (const finding of vault.finding ? [...findings, vault.finding] : findings) log.warn(finding.message);
    if (options.resume || settings.resumeOnStart) {
      for (const { id, pausedBy } of paused) {
        if (pausedBy !== 'quit' && pausedBy !== 'crash') continue;
        supervisor
          .resume(id, (config) => unattendedEnds(access, config))
          .then(
            () => log.info(`Stream ${id} was resumed.`),
            (error: unknown) => log.error(`Stream ${id} could not be resumed: ${SluiceError.from(error).message}`),
          );
      }
    }

    const opened = { journal, server };
    let quitting: Promise<void> | null = null;
    const quit = async () => {
      // Nothing new comes in from here on: callers get 503.
      state = 'stopping';
      cancelForgetting();
      verifications.close();
      // Streams before the journal, which keeps that they are paused.
      await supervisor.close();
      // Databases may hold up what an inspector does for a caller; its process goes with the call.
      await platform.closeHosts();
      // A stream that was being started is known by now to run no more, which the journal keeps too.
      await supervisor.settle();
      // Events of the pauses have gone out by now.
      await opened.server?.close();
      opened.journal.close();
      // Last, so that the next Sluice finds everything written.
      lock.release();
    };
    return {
      dispatcher,
      feed,
      apiKey,
      sessions,
      url,
      findings,
      settings: () => store.document.settings,
      runningStreams: () => supervisor.running(),
      retryWaiting: () => supervisor.retryWaiting(),
      quit: () => (quitting ??= quit()),
    };
  } catch (error) {
    await server?.close();
    journal?.close();
    lock.release();
    throw error;
  }
}

const hourMs = 3_600_000;

/** The person at the window does not need it. */
const noRestFinding = (error: unknown): Finding => ({
  severity: 'warning',
  code: 'rest_missing',
  message: `This Sluice has no REST API: ${SluiceError.from(error).message}`,
});

const openDoorWarning =
  'Other computers can reach this server, and what they send, the API key too, is not encrypted. Let a proxy with TLS stand before it, or reach 127.0.0.1 through an SSH tunnel instead.';

/** A keychain that does not answer must not keep the app from starting: then the key is one of this session. */
async function loadApiKey(platform: Platform, file: string | undefined, findings: Finding[]): Promise<ApiKey> {
  const given = platform.environment['SLUICE_API_KEY'];
  try {
    const key = await ApiKey.load(file, given, platform.vault);
    if (key.finding) findings.push(key.finding);
    return key;
  } catch (error) {
    if (SluiceError.from(error).code !== 'keychain_failed') throw error;
    findings.push({
      severity: 'warning',
      code: 'api_key_not_kept',
      message: `The keychain did not give the API key (${SluiceError.from(error).message}), so this run of Sluice has one of its own.`,
    });
    return ApiKey.forSession();
  }
}
