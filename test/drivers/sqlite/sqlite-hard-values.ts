/** Declared types, and values that any of them may hold. */
import type { SQLInputValue } from 'node:sqlite';

export const declaredTypes = [
  ...[
    'INTEGER',
    'BIGINT',
    'BOOLEAN',
    'DOUBLE',
    'FLOAT',
    'DECIMAL(10,2)',
    'DECIMAL(30,10)',
    'NUMERIC',
    'DECIMAL_TEXT(30,10)',
  ],
  ...['TEXT', 'VARCHAR(10)', 'JSON', 'JSON_TEXT', 'UUID_TEXT', 'BLOB', ''],
  ...['DATE', 'TIME', 'DATETIME', 'TIMESTAMP', 'DATE_TEXT', 'DATETIME_TEXT', 'TIMESTAMPTZ_TEXT'],
];

const numbers = [0n, 1n, 2n, -1n, 255n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)];
const reals = [
  ...[
    0.1,
    0.1 + 0.2,
    -0,
    1 / 3,
    12.34,
    -0.5,
    100.005,
    123456789.123456,
    123456789.12,
    2 ** 53 + 2,
    0.30000000000000004,
    5e-324,
  ],
  ...[1e14 + 0.5, 999999999999999.9, 1e15 + 0.5, 1e16, 1e21, 1e22, 1.7976931348623157e308, Infinity, -Infinity],
  ...[1e-4, 9.9e-5, 1.5e-7, 0.001, 1e-3 / 3, 4.35, 0.000123456789012345678, 72057594037927936, 9007199254740993],
];
const texts = [
  ...[
    '',
    'a',
    '1',
    '1.10',
    '-12.34',
    '1e5',
    'NULL',
    '\\N',
    '\\',
    'tab\tbed',
    'new\nline',
    '\r',
    'ünï',
    '😀',
    'a\0b',
    '\ufffd',
  ],
  ...['2024-02-29', '2023-02-29', '0000-00-00', '0001-01-01', '9999-12-31', '-001-01-01', '2024-1-1', ' 2024-01-01'],
  ...['23:59:59', '24:00:00', '12:00', '12:00:00.5', '12:00:00.50', '12:00:00.1234567', '12:00:00.', '-12:00:00'],
  ...['2024-02-29 12:00:00', '2024-02-29T12:00:00', '2024-02-29 12:00:00.123456', '2024-02-29 12:00:00.120'],
  ...[
    '2024-02-29 12:00:00Z',
    '2024-02-29 12:00:00+02:00',
    '2024-02-29 24:00:00',
    '0000-01-01 00:00:00',
    '2024-02-29 12:00',
  ],
  ...['9F86D081-884C-4D63-A1B2-C3D4E5F60718', '9f86d081-884c-4d63-a1b2-c3d4e5f60718', '{"a": 1}', 'x'.repeat(9000)],
];
export const hardValues: readonly SQLInputValue[] = [
  ...[null, ...numbers, ...reals, ...texts],
  ...[Buffer.alloc(0), Buffer.from([0, 9, 10, 13, 92, 255]), Buffer.alloc(9000, 7), Buffer.from('text')],
];
