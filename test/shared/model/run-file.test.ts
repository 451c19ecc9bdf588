import { describe, expect, test } from 'vitest';
import { parseRunFile } from '../../../src/shared/model/run-file.ts';

const surroundings = { environment: { PASSWORD: 'hunter2' }, absolutePath: (path: string) => `/here/${path}` };
const parse = (body: unknown) => parseRunFile(JSON.stringify(body), surroundings);
const ends = { source: 'a.db', target: 'b.db' };

describe('reads', () => {
  test('the least that a run needs, with every default', () => {
    expect(parse(ends)).toEqual({
      name: null,
      source: { kind: 'sqlite', path: '/here/a.db' },
      target: { kind: 'sqlite', path: '/here/b.db' },
      options: {
        mode: 'convert',
        dataBundleSize: 500,
        reportingIntervals: { source: 3, target: 3 },
        limits: {},
        tables: [{ name: '*' }],
        exclude: [],
        createStructure: true,
        truncateTarget: false,
        onExisting: 'refuse',
        onRowError: 'fail',
        maxRowErrors: 1000,
        rules: {
          zeroDate: 'error',
          infiniteDate: 'error',
          notANumber: 'error',
          nulByte: 'error',
          dateRange: 'error',
          tinyint1: 'auto',
          timeSpan: 'auto',
          json: 'auto',
        },
        chunkBytes: 67_108_864,
        verify: false,
        identifierCase: 'keep',
        schemaMap: {},
        pauseHoldsSnapshot: false,
      },
    });
  });

  test('a body as the API answers it', () => {
    const id = 'config_2sZyDMeIbdaXnN9OL7vYzzAiZU5';
    const { name, options } = parse({ ...ends, name: 'nightly', id, created: 1738677334, mode: 'convert' });
    expect(name).toBe('nightly');
    expect(options).not.toHaveProperty('id');
    expect(options).not.toHaveProperty('created');
  });

  test('connections by name, written out, and with variables', () => {
    const run = parse({
      source: 'prod',
      target: { type: 'MySQL', host: 'h', database: 'd', password: '${PASSWORD}' },
      connections: { prod: 'postgresql://u:${PASSWORD}@h/db', unused: '${NOT_SET}' },
    });
    expect(run.source).toMatchObject({ kind: 'postgresql', password: 'hunter2' });
    expect(run.target).toMatchObject({ kind: 'mysql', password: 'hunter2' });
  });

  test('a name that could be a URL, if there is a connection of it', () => {
    const { source } = parse({ ...ends, connections: { 'a.db': { type: 'sqlite', path: 'other' } } });
    expect(source).toEqual({ kind: 'sqlite', path: '/here/other' });
  });

  test('no variables outside connections', () => {
    const { options } = parse({ ...ends, tables: [{ name: 't', where: "a = '${PASSWORD}'" }] });
    expect(options.tables[0]!.where).toBe("a = '${PASSWORD}'");
  });

  test('a text that begins with a byte order mark', () => {
    expect(parseRunFile(`\uFEFF${JSON.stringify(ends)}`, surroundings).name).toBeNull();
  });
});

const refused: [body: unknown, message: string][] = [
  [[], 'expected object, received array'],
  [{ target: 'b.db' }, 'source: is missing'],
  [{ source: 'a.db' }, 'target: is missing'],
  [{ ...ends, source: 5 }, 'source: must be a URL, a connection { "type": ... }, or the name of one in "connections"'],
  [{ ...ends, tables: [{ name: 'a', quary: 'x' }] }, 'tables[0].quary: unknown field, did you mean "query"?'],
  [{ ...ends, tabels: [], zzz: 1 }, 'tabels: unknown field, did you mean "tables"?; zzz: unknown field'],
  [{ ...ends, limits: { numberOfEvent: 1 } }, 'limits.numberOfEvent: unknown field, did you mean "numberOfEvents"?'],
  [
    { ...ends, tables: [{ name: 'a', columnOptions: { c: { targettype: 'x' } } }] },
    'tables[0].columnOptions.c.targettype: unknown field, did you mean "targetType"?',
  ],
  [{ ...ends, rules: { nulbyte: 'strip' } }, 'rules.nulbyte: unknown field, did you mean "nulByte"?'],
  [{ ...ends, target: { type: 'sqlite', paht: 'x' } }, 'target.paht: unknown field, did you mean "path"?'],
  [
    { ...ends, source: 'x', connections: { x: { tpye: 'sqlite' } } },
    'connections.x.tpye: unknown field, did you mean "type"?',
  ],
  [{ ...ends, tables: [{}] }, 'tables[0].name: is missing'],
  [{ ...ends, dataBundleSize: 0 }, 'dataBundleSize: Too small: expected number to be >=1'],
  [{ ...ends, tables: [{ name: 'a', operations: ['insert'] }] }, 'tables[0].operations: belongs to cdc mode only'],
  [{ ...ends, operations: ['insert'] }, 'operations: belongs to cdc mode only'],
  [{ ...ends, mode: 'cdc', tables: [{ name: 'a', query: 'x' }] }, 'tables[0].query: belongs to convert mode only'],
  [{ ...ends, mode: 'cdc' }, 'mode: cdc (following changes) is not available yet; use convert'],
  [
    { ...ends, source: 'prood', connections: { prod: 'a.db' } },
    'source: is no name in "connections"; did you mean "prod"?',
  ],
  [
    { ...ends, source: 'hunter2' },
    'source: is neither a URL, nor a path of an SQLite file (.db, .sqlite, .sqlite3), nor a name in "connections"',
  ],
  [
    { ...ends, source: 'conn_2sZyDMeIbdaXnN9OL7vYzzAiZU5' },
    'source: is the id of a saved connection, which only the server knows; write a URL here',
  ],
  [
    { ...ends, source: 'x', connections: { x: 'postgresql://u:hun/ter2@h/db' } },
    'connections.x: is not of the form postgresql://user:password@host:port/database; in a password write / as %2F, ? as %3F, # as %23, and elsewhere @ as %40',
  ],
  [
    { ...ends, source: { type: 'sqlite', path: 'x', password: 5 } },
    'source.password: expected string, received number',
  ],
];

test.each(refused)('refuses %j', (body, message) => {
  expect(() => parse(body)).toThrow(expect.objectContaining({ code: 'config_invalid', message }));
});

describe('says where JSON is wrong, without repeating the text', () => {
  test.each([
    ['', 'The text is empty; JSON is expected.'],
    ['{"a": hunter2}', 'line 1, column 7: this is not valid JSON.'],
    ['[1,\n 2,]', 'line 2, column 3: this is not valid JSON.'],
    ['{"password": "hunter2",\n}', 'line 2, column 1: this is not valid JSON.'],
    ['{"password": "hunter2', 'line 1, column 22: this is not valid JSON.'],
    ['{\n "a": 1 // hunter2\n}', 'line 2, column 9: this is not valid JSON; JSON has no comments.'],
    ["{'a': 1}", 'line 1, column 2: this is not valid JSON.'],
  ])('%j', (text, message) => {
    expect(() => parseRunFile(text, surroundings)).toThrow(
      expect.objectContaining({ code: 'config_invalid', message }),
    );
  });
});
