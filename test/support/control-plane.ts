/** The control plane with everything that touches a database or the operating system replaced by fakes that a test drives. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  startApplication,
  type Application,
  type ApplicationOptions,
  type Platform,
} from '../../src/main/application.ts';
import type { Vault } from '../../src/main/credentials/vault.ts';
import type { Inspector, StreamEnds } from '../../src/main/hosts/inspector.ts';
import type {
  StreamAssignment,
  StreamHost,
  StreamHostListener,
  StreamHosts,
} from '../../src/main/hosts/stream-host.ts';
import { confFile } from '../../src/main/stores/conf-file.ts';
import { systemClock } from '../../src/main/streams/clock.ts';
import { SluiceError, type ErrorData } from '../../src/shared/errors/sluice-error.ts';
import type { ConnectionSettings } from '../../src/shared/model/connection.ts';
import type { RunEvent, TableProgress } from '../../src/shared/model/run-event.ts';
import { requestSender, type SendRequest } from './send-request.ts';

type EndStatus = Extract<RunEvent, { type: 'end' }>['status'];

export class FakeHost implements StreamHost {
  assignment: StreamAssignment;
  readonly commands: string[] = [];
  /** False: pause and stop are taken and nothing follows, as in a host that hangs. */
  obeys = true;
  /** Of the snapshot that it holds when it is asked to, Unix seconds. */
  snapshotTaken = Math.floor(Date.now() / 1000);
  #listener: StreamHostListener;

  constructor(assignment: StreamAssignment, listener: StreamHostListener) {
    this.assignment = assignment;
    this.#listener = listener;
  }

  emit(event: RunEvent): void {
    this.#listener.onEvent(event);
  }

  /** Ends as a host does: the last event, then the process, unless it holds a snapshot. */
  end(status: EndStatus, reason: string | null = null, error: ErrorData | null = null, snapshotTaken?: number): void {
    this.emit({ type: 'end', status, reason, rows: 0, bytes: 0, failed: 0, seconds: 0, error, snapshotTaken });
    if (snapshotTaken === undefined) this.#listener.onExit(null);
  }

  crash(error: ErrorData | null = null): void {
    this.#listener.onExit(error);
  }

  pause({ holdSnapshot }: { readonly holdSnapshot: boolean }): void {
    this.commands.push(holdSnapshot ? 'pause, hold' : 'pause');
    if (this.obeys) this.end('PAUSED', null, null, holdSnapshot ? this.snapshotTaken : undefined);
  }

  resume(assignment: StreamAssignment, listener: StreamHostListener): void {
    this.commands.push('resume');
    this.assignment = assignment;
    this.#listener = listener;
  }

  stop(): void {
    this.commands.push('stop');
    if (this.obeys) this.end('STOPPED');
  }

  retry(): void {
    this.commands.push('retry');
  }

  finish(): void {
    this.commands.push('finish');
  }

  kill(): void {
    this.commands.push('kill');
    this.#listener.onExit({ code: 'host_crashed', message: 'killed' });
  }
}

export class FakeHosts implements StreamHosts {
  modes: StreamHosts['modes'] = ['convert', 'cdc'];
  readonly started: FakeHost[] = [];
  /** Rejects the next starts with this. */
  refusal: SluiceError | null = null;
  /** What every start waits for. */
  gate: Promise<void> = Promise.resolve();
  /** Starts that were asked for. */
  asked = 0;

  get last(): FakeHost {
    return this.started.at(-1)!;
  }

  of(streamId: string): FakeHost {
    return this.started.findLast((host) => host.assignment.streamId === streamId)!;
  }

  async start(assignment: StreamAssignment, listener: StreamHostListener): Promise<StreamHost> {
    this.asked++;
    await this.gate;
    if (this.refusal) throw this.refusal;
    const host = new FakeHost(assignment, listener);
    this.started.push(host);
    return host;
  }
}

export class MemoryVault implements Vault {
  readonly kind: Vault['kind'];
  readonly finding = null;
  readonly secrets = new Map<string, string>();
  refusal: SluiceError | null = null;

  constructor(kind: Vault['kind'] = 'keychain') {
    this.kind = kind;
  }

  async get(account: string): Promise<string | null> {
    await this.#answer();
    return this.secrets.get(account) ?? null;
  }

  async set(account: string, secret: string): Promise<void> {
    await this.#answer();
    this.secrets.set(account, secret);
  }

  async delete(account: string): Promise<void> {
    await this.#answer();
    this.secrets.delete(account);
  }

  async #answer(): Promise<void> {
    await Promise.resolve();
    if (this.refusal) throw this.refusal;
  }
}

const sourceTables = ['users', 'orders', 'shop.items'];

/** Answers every question at once; `refuse` makes a method fail, `hold` makes it wait until its call is aborted. */
export class FakeInspector implements Inspector {
  readonly calls: { method: keyof Inspector; subject: ConnectionSettings | StreamEnds; rest: unknown[] }[] = [];
  readonly refuse = new Map<keyof Inspector, SluiceError>();
  readonly hold = new Set<keyof Inspector>();
  /** What every answer waits for. */
  gate: Promise<void> = Promise.resolve();
  verified: Awaited<ReturnType<Inspector['verify']>>['tables'] = [];

  ping = this.#method('ping', () => ({ version: '15.4 (fake)', latencyMs: 1.5 }));
  databases = this.#method('databases', () => [{ name: 'shop', schemas: ['public'] }]);
  createDatabase = this.#method('createDatabase', () => undefined);
  createSchema = this.#method('createSchema', () => undefined);
  tables = this.#method('tables', () => sourceTables);
  views = this.#method('views', () => ['big_orders']);
  structure = this.#method('structure', () => ({
    tables: [],
    views: [{ name: 'big_orders', definition: 'SELECT 1' }],
  }));
  preview = this.#method('preview', (_, page) => ({
    columns: ['id'],
    rows: [['1'], [null]],
    count: 2,
    limit: page.limit,
    offset: page.offset,
  }));
  preflight = this.#method('preflight', () => [
    { severity: 'error', code: 'grant', message: 'No privilege.', statement: 'GRANT SELECT' },
  ]);
  survey = this.#method('survey', (ends) => ({
    database: JSON.stringify({ ...ends.target, password: null }),
    tables: ends.options.tables.flatMap(({ name, targetName }) => (name === '*' ? sourceTables : [targetName ?? name])),
  }));
  plan = this.#method('plan', () => ({ tables: [], views: [], findings: [] }));
  profile = this.#method('profile', () => ({ tables: [], findings: [] }));
  verify = this.#method('verify', () => ({ tables: this.verified }));
  repair = this.#method('repair', () => ({ tables: this.verified }));
  release = this.#method('release', () => []);

  #method<Method extends keyof Inspector>(
    method: Method,
    answer: (...parts: Parameters<Inspector[Method]>) => Awaited<ReturnType<Inspector[Method]>>,
  ): Inspector[Method] {
    const ask = async (...parts: Parameters<Inspector[Method]>) => {
      const [subject, ...rest] = parts;
      this.calls.push({ method, subject, rest });
      if (this.hold.has(method)) {
        const { signal } = rest.at(-1) as { signal: AbortSignal };
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        throw new SluiceError('cancelled', 'The call was cancelled.');
      }
      await this.gate;
      const refusal = this.refuse.get(method);
      if (refusal) throw refusal;
      return answer(...parts);
    };
    // One implementation for methods of different shapes, which the compiler cannot follow.
    return ask as unknown as Inspector[Method];
  }
}

export interface ControlPlane extends AsyncDisposable {
  readonly app: Application;
  readonly hosts: FakeHosts;
  readonly inspector: FakeInspector;
  readonly vault: MemoryVault;
  readonly directory: string;
  readonly key: string;
  /** What was logged as a defect. */
  readonly defects: unknown[];
  readonly send: SendRequest;
}

/** Starts on a free port with a directory of its own, or on that of another, which stays. */
export async function startControlPlane(
  changes: Partial<Platform> = {},
  options: Partial<ApplicationOptions> = {},
): Promise<ControlPlane> {
  const directory = changes.dataDirectory ?? mkdtempSync(join(tmpdir(), 'sluice-test-'));
  const hosts = (changes.hosts as FakeHosts | undefined) ?? new FakeHosts();
  const inspector = (changes.inspector as FakeInspector | undefined) ?? new FakeInspector();
  const vault = (changes.vault as MemoryVault | undefined) ?? new MemoryVault();
  const defects: unknown[] = [];
  const app = await startApplication(
    {
      version: '1.2.3',
      documentFile: confFile,
      environment: {},
      clock: systemClock,
      log: { info: () => undefined, warn: () => undefined, error: (_, error) => void defects.push(error) },
      closeHosts: () => Promise.resolve(),
      ...changes,
      dataDirectory: directory,
      hosts,
      inspector,
      vault,
    },
    { rest: { host: '127.0.0.1', port: 0 }, resume: false, graceMs: 50, exitMs: 50, ...options },
  );
  const key = app.apiKey.value;
  return {
    app,
    hosts,
    inspector,
    vault,
    directory,
    key,
    defects,
    send: requestSender(() => ({ url: app.url, key: app.apiKey.value })),
    async [Symbol.asyncDispose]() {
      await app.quit();
      if (changes.dataDirectory === undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}

export const postgresBody = (name: string, more: Record<string, unknown> = {}) => ({
  name,
  type: 'PostgreSQL',
  host: 'db.example.org',
  port: 5432,
  username: 'sluice',
  password: 'p4ss-word-marked',
  database: name,
  ...more,
});

/** Makes two connections and a config between them, as the reference's examples do. */
export async function makeConfig(plane: ControlPlane, more: Record<string, unknown> = {}) {
  const suffix = String(uniqueNumber++);
  const source = (await plane.send('POST', '/connections', postgresBody(`source_${suffix}`))).body.id;
  const target = (await plane.send('POST', '/connections', postgresBody(`target_${suffix}`))).body.id;
  const answer = await plane.send('POST', '/stream-configs', {
    name: `config_${suffix}`,
    source,
    target,
    mode: 'convert',
    tables: [{ name: 'users' }],
    ...more,
  });
  return { source, target, config: answer.body.id, answer };
}

let uniqueNumber = 1;

export const tableProgress = (name: string, more: Partial<TableProgress> = {}): TableProgress => ({
  name,
  status: 'copying',
  rows: 0,
  estimatedRows: null,
  bytes: 0,
  failed: 0,
  ...more,
});
