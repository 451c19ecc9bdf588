/** How servers are reached: encrypted in all four modes with real certificates, and by Unix sockets. */
import { chownSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDriver } from '../../src/main/engine/driver/registry.ts';
import type { ServerConnectionSettings } from '../../src/shared/model/connection.ts';
import { resolveConnection } from '../../src/shared/model/resolve-connection.ts';
import { base64Of, createAuthority, type Authority, type Certificate } from '../support/certificates.ts';
import { copyDatabase } from '../support/copy-database.ts';
import { createDatabase, createFolder, type TestDatabase } from '../support/databases.ts';
import { describeEachServer, describePrograms } from '../support/needs.ts';
import type { ServerName } from '../support/servers.ts';
import { startOwnServer, type OwnServer } from '../support/servers/own-server.ts';
import { unprivilegedUser } from '../support/servers/postgres-server.ts';

type Ssl = ServerConnectionSettings['ssl'];

const encryptionSql = {
  postgresql: 'SELECT coalesce((SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()), $$$$)',
  mysql: "SHOW SESSION STATUS LIKE 'Ssl_version'",
  mariadb: "SHOW SESSION STATUS LIKE 'Ssl_version'",
};
/** A user who has to show a certificate, and one who has to encrypt. */
const usersSql = {
  postgresql: `CREATE USER certified SUPERUSER; CREATE USER encrypted PASSWORD 'secret'`,
  mysql: `CREATE USER certified REQUIRE X509; GRANT ALL ON *.* TO certified;
    CREATE USER encrypted IDENTIFIED BY 'secret' REQUIRE SSL; GRANT ALL ON *.* TO encrypted`,
};
const slowSql = { postgresql: 'SELECT 1 FROM pg_sleep(60)', mysql: 'SELECT SLEEP(60)', mariadb: 'SELECT SLEEP(60)' };
const workingSql = {
  postgresql: "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query = 'SELECT 1 FROM pg_sleep(60)'",
  mysql: "SELECT count(*) FROM information_schema.processlist WHERE info = 'SELECT SLEEP(60)'",
  mariadb: "SELECT count(*) FROM information_schema.processlist WHERE info = 'SELECT SLEEP(60)'",
};

async function open(settings: ServerConnectionSettings, signal = new AbortController().signal) {
  const driver = await loadDriver(settings.kind);
  return await driver.connect(settings, { role: 'target', streamId: 'links', signal });
}

/** TLS version of the connection; '' where it is not encrypted. */
async function encryptionOf(settings: ServerConnectionSettings): Promise<string> {
  await using session = await open(settings);
  return (await session.query(encryptionSql[settings.kind]))[0]!.at(-1)!;
}

const names: readonly ServerName[] = ['postgres18', 'mysql', 'mariadb'];

describePrograms('reaching servers', ['openssl'], () =>
  describeEachServer('links', names, (_, name) => {
    let folder: Awaited<ReturnType<typeof createFolder>>;
    let authority: Authority;
    let other: Authority;
    let server: OwnServer;
    let database: TestDatabase;
    let served: Certificate;
    const isPostgres = name.startsWith('postgres');

    beforeAll(async () => {
      folder = await createFolder();
      [authority, other] = await Promise.all([
        createAuthority(folder.path, 'authority'),
        createAuthority(folder.path, 'stranger'),
      ]);
      served = { certificate: join(folder.path, 'served.pem'), key: join(folder.path, 'served.key') };
      copyServed(await authority.issue('localhost'));
      server = await startOwnServer(name, { options: serverOptions() });
      database = await createDatabase(server.address);
      await database.execute(usersSql[isPostgres ? 'postgresql' : 'mysql']);
    });
    afterAll(async () => {
      await database[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    });

    /** What the server shows from its next reload on. PostgreSQL wants the key to be its own, and closed to others. */
    function copyServed(certificate: Certificate): void {
      copyFileSync(certificate.certificate, served.certificate);
      copyFileSync(certificate.key, served.key);
      const user = isPostgres ? unprivilegedUser() : undefined;
      for (const path of user ? [served.certificate, served.key, folder.path] : [])
        chownSync(path, user!.uid, user!.gid);
    }

    function serverOptions(): string[] {
      const files = [authority.certificate, served.certificate, served.key] as const;
      if (!isPostgres) return files.map((path, index) => `--ssl-${['ca', 'cert', 'key'][index]}=${path}`);
      const access = join(folder.path, 'pg_hba.conf');
      const lines = [
        'hostssl all certified all cert',
        'hostssl all encrypted all scram-sha-256',
        'host all encrypted all reject',
        'local all all scram-sha-256',
        'host all all all scram-sha-256',
      ];
      writeFileSync(access, lines.join('\n') + '\n');
      const settings = { ssl: 'on', hba_file: access, ...serverFiles(files) };
      return Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    }

    async function show(certificate: Certificate): Promise<void> {
      copyServed(certificate);
      switch (database.settings.kind) {
        case 'postgresql': {
          const before = (await database.rows('SELECT pg_conf_load_time()'))[0]![0];
          await database.rows('SELECT pg_reload_conf()');
          // Once a backend has read the settings again, the server that made it has too.
          await expect.poll(async () => (await database.rows('SELECT pg_conf_load_time()'))[0]![0]).not.toBe(before);
          break;
        }
        case 'mysql':
          return await database.execute('ALTER INSTANCE RELOAD TLS');
        case 'mariadb':
          return await database.execute('FLUSH SSL');
      }
    }

    const at = (ssl: Ssl, more: Partial<ServerConnectionSettings> = {}): ServerConnectionSettings => ({
      ...database.settings,
      host: 'localhost',
      ssl,
      ...more,
    });
    const trusting = (mode: 'verify-ca' | 'verify-full') => ({ mode, ca: base64Of(authority.certificate) });
    const failure = async (settings: ServerConnectionSettings) => {
      const error: unknown = await encryptionOf(settings).catch((thrown: unknown) => thrown);
      return error as { code: string; message: string };
    };

    describe('encryption', () => {
      test('none where it is disabled or not asked for', async () => {
        expect(await encryptionOf(at(null))).toBe('');
        expect(await encryptionOf(at({ mode: 'disabled' }))).toBe('');
      });

      test('in the three other modes', async () => {
        expect(await encryptionOf(at({ mode: 'require' }))).toMatch(/^TLSv1/);
        expect(await encryptionOf(at(trusting('verify-ca')))).toMatch(/^TLSv1/);
        expect(await encryptionOf(at(trusting('verify-full')))).toMatch(/^TLSv1/);
      });

      test('an authority that is not known', async () => {
        for (const mode of ['verify-ca', 'verify-full'] as const)
          for (const ca of [undefined, base64Of(other.certificate)])
            expect(await failure(at({ mode, ca }))).toMatchObject({
              code: 'tls_failed',
              message: expect.stringMatching(
                /at localhost:\d+: .*Give the certificate of the authority .* as ssl\.ca\.$/,
              ),
            });
      });

      test('a certificate for another host', async () => {
        const elsewhere = { host: '127.0.0.1' };
        expect(await encryptionOf(at(trusting('verify-ca'), elsewhere))).toMatch(/^TLSv1/);
        expect(await failure(at(trusting('verify-full'), elsewhere))).toMatchObject({
          code: 'tls_failed',
          message: expect.stringMatching(/127\.0\.0\.1.* set ssl\.mode to "verify-ca"/),
        });
        await show(await authority.issue('127.0.0.1', 'IP:127.0.0.1'));
        expect(await encryptionOf(at(trusting('verify-full'), elsewhere))).toMatch(/^TLSv1/);
        expect(await failure(at(trusting('verify-full')))).toMatchObject({ code: 'tls_failed' });
        await show(await authority.issue('localhost'));
      });

      test('a certificate that has expired', async () => {
        // MySQL does not take one that has expired already.
        await show(await authority.issue('localhost', 'DNS:localhost', name === 'mysql' ? 5 : -1));
        await expect
          .poll(() => encryptionOf(at(trusting('verify-ca'))).catch(() => 'refused'), { timeout: 20_000 })
          .toBe('refused');
        for (const mode of ['verify-ca', 'verify-full'] as const)
          expect(await failure(at(trusting(mode)))).toMatchObject({
            code: 'tls_failed',
            message: expect.stringMatching(/expired\. The server's certificate has to be renewed\.$/),
          });
        expect(await encryptionOf(at({ mode: 'require' }))).toMatch(/^TLSv1/);
        await show(await authority.issue('localhost'));
      });

      test('a client certificate', async () => {
        const user = { username: 'certified', password: null };
        const pair = (certificate: Certificate) => ({
          client_cert: base64Of(certificate.certificate),
          client_key: base64Of(certificate.key),
        });
        const own = pair(await authority.issue('certified'));
        const foreign = pair(await other.issue('certified'));
        expect(await encryptionOf(at({ ...trusting('verify-full'), ...own }, user))).toMatch(/^TLSv1/);
        for (const ssl of [trusting('verify-full'), { ...trusting('verify-full'), ...foreign }]) {
          const { code, message } = await failure(at(ssl, user));
          expect(['authentication_failed', 'tls_failed']).toContain(code);
          expect(message).toMatch(/client certificate|client_cert/);
        }
        const { client_cert, client_key } = own;
        for (const half of [{ client_cert }, { client_key }])
          expect(await failure(at({ ...trusting('verify-full'), ...half }, user))).toMatchObject({
            code: 'tls_failed',
            message: expect.stringMatching(/Give both\.$/),
          });
        const broken = { client_cert, client_key: Buffer.from('no key at all').toString('base64') };
        const unusable = await failure(at({ ...trusting('verify-full'), ...broken }, user));
        expect(unusable).toMatchObject({ code: 'tls_failed', message: expect.stringContaining('base64 of PEM texts') });
        expect(JSON.stringify(unusable)).not.toContain('no key at all');
        const mixed = { client_cert, client_key: foreign.client_key };
        expect(await failure(at({ ...trusting('verify-full'), ...mixed }, user))).toMatchObject({ code: 'tls_failed' });
      });

      test('a user who has to encrypt', async () => {
        const user = { username: 'encrypted' };
        expect(await encryptionOf(at({ mode: 'require' }, user))).toMatch(/^TLSv1/);
        expect(await failure(at(null, user))).toMatchObject({
          code: 'authentication_failed',
          message: expect.stringMatching(/\bssl\b/),
        });
      });

      test('cancelling works through it', async () => {
        const controller = new AbortController();
        const session = await open(at(trusting('verify-full')), controller.signal);
        const working = async () => (await database.rows(workingSql[database.settings.kind]))[0]![0];
        const answer = session.query(slowSql[database.settings.kind]).catch((error: unknown) => error);
        await expect.poll(working, { timeout: 10_000 }).toBe('1');
        controller.abort();
        await expect.poll(working, { timeout: 10_000 }).toBe('0');
        await answer;
      });

      test('rows go through it, both ways', async () => {
        await using target = await createDatabase(server.address);
        await database.execute('CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(2000))');
        await database.execute(`INSERT INTO item VALUES (1, '${'ä'.repeat(2000)}'), (2, NULL), (3, '')`);
        const ssl = trusting('verify-full');
        await copyDatabase(at(ssl), { ...target.settings, host: 'localhost', ssl });
        expect(await target.rows('SELECT * FROM item')).toEqual(await database.rows('SELECT * FROM item'));
      });
    });

    describe('a Unix socket', () => {
      test.each(['fields', 'url'] as const)('as %s', async (form) => {
        const { username, password, kind } = database.settings;
        const encoded = encodeURIComponent(server.socket);
        const port = database.settings.port;
        const given =
          form === 'fields'
            ? { type: kind, socket: server.socket, port, username, password: password!, database: database.name }
            : `${kind}://${username}:${password}@${encoded}:${port}/${database.name}`;
        const settings = resolveConnection(given, 'source', { environment: {}, absolutePath: (path) => path });
        expect(settings).toMatchObject({ socket: server.socket });
        expect(await encryptionOf(settings as ServerConnectionSettings)).toBe('');
      });

      test('that is not there', async () => {
        const socket = join(folder.path, 'nowhere');
        if (isPostgres) mkdirSync(socket);
        const { code, message } = await failure({ ...database.settings, socket });
        expect(code).toBe('connection_refused');
        expect(message).toContain(socket);
      });

      test('is no network: PostgreSQL does not encrypt there, the others do', async () => {
        const settings = at({ mode: 'require' }, { socket: server.socket });
        if (!isPostgres) return expect(await encryptionOf(settings)).toMatch(/^TLSv1/);
        expect(await failure(settings)).toMatchObject({
          code: 'tls_failed',
          message: expect.stringContaining('Set ssl.mode to "disabled"'),
        });
      });
    });

    test('a server without encryption', async () => {
      const plain = name === 'mysql' ? ['--tls-version='] : isPostgres ? ['-c', 'ssl=off'] : ['--skip-ssl'];
      await using unencrypted = await startOwnServer(name, { options: plain });
      await using there = await createDatabase(unencrypted.address);
      expect(await encryptionOf({ ...there.settings, ssl: { mode: 'disabled' } })).toBe('');
      for (const mode of ['require', 'verify-ca', 'verify-full'] as const)
        expect(await failure({ ...there.settings, ssl: { mode } })).toMatchObject({
          code: 'tls_failed',
          message: expect.stringMatching(/ offers? (no TLS|encryption).*ssl\.mode to "disabled"/),
        });
    }, 120_000);
  }),
);

const serverFiles = ([ca, certificate, key]: readonly [string, string, string]) => ({
  ssl_ca_file: ca,
  ssl_cert_file: certificate,
  ssl_key_file: key,
});
