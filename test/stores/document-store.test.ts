import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { confFile } from '../../src/main/stores/conf-file.ts';
import { emptyDocument, parseDocument, type StoredDocument } from '../../src/main/stores/document.ts';
import { DocumentStore } from '../../src/main/stores/document-store.ts';
import { electronFile } from '../../src/main/stores/electron-file.ts';
import type { SavedConnection } from '../../src/shared/model/saved-connection.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-store-'));
  path = join(directory, 'sluice.json');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const connection: SavedConnection = {
  id: 'conn_2sZyDMeIbdaXnN9OL7vYzzAiZU5',
  name: 'näme "quoted"',
  type: 'mysql',
  created: 1_739_572_516,
  host: 'h',
  port: 3306,
  username: 'u',
  hasPassword: true,
  hasClientKey: false,
};
const added = (document: StoredDocument) => ({ ...document, connections: [connection] });
const open = () => new DocumentStore(confFile(directory), new Date('2026-11-23T10:00:00Z'));

test('an absent file is an empty document, and reading makes no file', () => {
  expect(open().document).toEqual(emptyDocument());
  expect(readdirSync(directory)).toEqual([]);
});

test('what is written is read again, and nobody else may read the file', () => {
  open().update(added);
  expect(open().document).toEqual(added(emptyDocument()));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory)).toEqual(['sluice.json']);
});

test('the app and a headless server read and write the same file', () => {
  // electron-store takes an absolute directory without an Electron around it.
  process.env['ELECTRON_OVERRIDE_DIST_PATH'] ??= '/nonexistent';
  const app = new DocumentStore(electronFile(directory));
  app.update(added);
  const text = readFileSync(path, 'utf8');
  const headless = open();
  expect(headless.document).toEqual(app.document);
  headless.update((document) => document);
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test('a config stays as it was given', () => {
  const config = {
    id: 'config_2sZyDMeIbdaXnN9OL7vYzzAiZU5',
    name: 'c',
    source: 'a',
    target: 'b',
    mode: 'convert',
    created: 1,
    dataBundleSize: 500,
    limits: {},
    reportingIntervals: { source: 3, target: 3 },
    tables: [{ name: 'users' }],
    createStructure: true,
    rules: { zeroDate: 'null' },
  } as const;
  open().update((document) => ({ ...document, streamConfigs: [{ ...config, tables: [...config.tables] }] }));
  expect(open().document.streamConfigs).toEqual([config]);
});

describe('a damaged file is set aside and never overwritten', () => {
  const good = JSON.stringify(emptyDocument());
  test.each([
    ['cut short', good.slice(0, -5)],
    ['empty', ''],
    ['no JSON', 'not json'],
    ['JSON of another shape', '[]'],
    ['no version', '{}'],
    ['a field that is not ours', JSON.stringify({ ...emptyDocument(), connections: [{ id: 1 }] })],
  ])('%s', (_, text) => {
    writeFileSync(path, text);
    const store = open();
    expect(store.document).toEqual(emptyDocument());
    const aside = 'sluice.json.damaged-2026-11-23T10-00-00.000Z';
    expect(store.findings).toMatchObject([
      { code: 'settings_file_damaged', message: expect.stringContaining(join(directory, aside)) },
    ]);
    store.update(added);
    expect(readFileSync(join(directory, aside), 'utf8')).toBe(text);
    expect(open().findings).toEqual([]);
  });
});

test('a file of a newer version is refused and left alone', () => {
  const text = JSON.stringify({ ...emptyDocument(), version: 99 });
  writeFileSync(path, text);
  expect(open).toThrow(expect.objectContaining({ code: 'data_file_newer' }));
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test('migrations run from the version of the file on, each once', () => {
  const steps = [
    (document: Record<string, unknown>) => ({ ...document, connections: document['hosts'], hosts: undefined }),
    (document: Record<string, unknown>) => ({ ...document, streamConfigs: [] }),
  ];
  const { settings } = emptyDocument();
  const migrated = { version: 3, connections: [connection], streamConfigs: [], settings };
  const parse = (document: object) => parseDocument(JSON.stringify(document), path, steps.map(omitUndefined));
  expect(parse({ version: 1, hosts: [connection], settings })).toEqual(migrated);
  expect(parse({ version: 2, connections: [connection], settings })).toEqual(migrated);
  expect(parse(migrated)).toEqual(migrated);
});

const omitUndefined =
  (step: (document: Record<string, unknown>) => Record<string, unknown>) => (document: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(step(document)).filter(([, value]) => value !== undefined));

test('a change that throws, or cannot be written, changes nothing', () => {
  const store = open();
  expect(() =>
    store.update(() => {
      throw new Error('no');
    }),
  ).toThrow('no');
  const other = new DocumentStore({
    path,
    write: () => {
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    },
  });
  expect(() => other.update(added)).toThrow(expect.objectContaining({ code: 'disk_full' }));
  expect(other.document).toEqual(emptyDocument());
});

test('a file that cannot be read is an error, not an empty document', () => {
  mkdirSync(path);
  expect(open).toThrow(expect.objectContaining({ code: 'data_file_failed' }));
});
