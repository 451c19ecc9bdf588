import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { encoderOf, plainDigits } from '../../../src/main/engine/drivers/sqlite/sqlite-value-encoder.ts';
import { decoderOf } from '../../../src/main/engine/drivers/sqlite/sqlite-value-decoder.ts';
import type { NeutralType } from '../../../src/main/engine/model/neutral-type.ts';
import type { ColumnPlan, ValueRules } from '../../../src/main/engine/model/table-plan.ts';
import { planOf } from './sqlite-fixture.ts';

const boolean: NeutralType = { kind: 'boolean' };
const integer: NeutralType = { kind: 'integer', bits: 64, unsigned: false };
const decimal: NeutralType = { kind: 'decimal', precision: 10, scale: 2 };
const float: NeutralType = { kind: 'float', bits: 64 };
const text: NeutralType = { kind: 'text', length: null, fixed: false, ignoresCase: false };
const bytes: NeutralType = { kind: 'bytes', length: null, fixed: false };
const date: NeutralType = { kind: 'date' };
const time: NeutralType = { kind: 'time', span: 'day', fraction: 6 };
const timestamp: NeutralType = { kind: 'timestamp', fraction: 6 };
const uuid: NeutralType = { kind: 'uuid' };

function columnPlan(wire: NeutralType, nativeType: string, rules: Partial<ValueRules> = {}): ColumnPlan {
  const column = {
    name: 'v',
    nativeType,
    type: wire,
    nullable: true,
    default: null,
    identity: null,
    generated: null,
    collation: null,
    comment: null,
    updatesToNow: false,
    invisible: false,
  };
  const table = {
    name: { schema: null, name: 't' },
    kind: 'table' as const,
    columns: [column],
    primaryKey: null,
    indexes: [],
    foreignKeys: [],
    checks: [],
    comment: null,
    partitioning: null,
    traits: [],
  };
  return planOf(table, { rules }).columns[0]!;
}

const encode = (wire: NeutralType, value: SQLOutputValue, rules: Partial<ValueRules> = {}) =>
  encoderOf(columnPlan(wire, '', rules))(value);

describe('encoding', () => {
  it.each<[NeutralType, SQLOutputValue, string]>([
    [boolean, 1n, 't'],
    [boolean, 0n, 'f'],
    [boolean, 2n, '2'],
    [boolean, 'yes', 'yes'],
    [integer, 9223372036854775807n, '9223372036854775807'],
    [integer, -9223372036854775808n, '-9223372036854775808'],
    [integer, 'word', 'word'],
    [decimal, 0.1, '0.1'],
    [decimal, 1e21, '1000000000000000000000'],
    [decimal, 1.5e-7, '0.00000015'],
    [decimal, '1.10', '1.10'],
    [decimal, 7n, '7'],
    [float, 0.1, '0.1'],
    [float, 5e-324, '5e-324'],
    [float, 1e300, '1e+300'],
    [float, -0, '-0'],
    [float, Infinity, 'Infinity'],
    [float, -Infinity, '-Infinity'],
    [float, 9007199254740993n, '9007199254740993'],
    [text, 1n, '1'],
    [text, 1.5, '1.5'],
    [text, 1, '1.0'],
    [bytes, new Uint8Array([0, 255]), '\\\\x00ff'],
    [bytes, 'é', '\\\\xc3a9'],
    [date, '2024-02-29', '2024-02-29'],
    [date, '0044-03-15 BC', '0044-03-15 BC'],
    [date, '12024-02-29', '12024-02-29'],
    [date, '-infinity', '-infinity'],
    [time, '12:34:56.700', '12:34:56.7'],
    [time, '-838:59:59', '-838:59:59'],
    [timestamp, '2024-02-29 12:34:56', '2024-02-29 12:34:56'],
    [timestamp, '2024-02-29T12:34:56Z', '2024-02-29 12:34:56'],
    [timestamp, '2024-02-29T12:34:56.120000+00:00', '2024-02-29 12:34:56.12'],
    [timestamp, '2024-02-29 12:34:56.0000000', '2024-02-29 12:34:56'],
    [timestamp, '0044-03-15 12:00:00.5 BC', '0044-03-15 12:00:00.5 BC'],
    [uuid, 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
    [uuid, 'not one', 'not one'],
    [text, null, '\\N'],
  ])('%o holds %s as %s', (wire, value, expected) => {
    expect(encode(wire, value)).toBe(expected);
  });

  it.each<[NeutralType, SQLOutputValue, string]>([
    [integer, 1.5, 'the REAL 1.5 where an integer belongs'],
    [integer, new Uint8Array(3), 'a BLOB of 3 bytes where its type has none'],
    [text, new Uint8Array(3), 'a BLOB of 3 bytes where its type has none'],
    [bytes, 1n, 'the number 1 where bytes belong'],
    [date, 20240229n, 'the number 20240229 where a date belongs'],
    [date, 'now', '"now", which is no date'],
    [timestamp, '2024-02-29', '"2024-02-29", which is no timestamp'],
    [timestamp, '2024-02-29 12:34:56+02:00', '"2024-02-29 12:34:56+02:00", which is no timestamp'],
    [timestamp, '2024-02-29 12:34:56.1234567', '"2024-02-29 12:34:56.1234567", which is no timestamp'],
    [time, 'noon', '"noon", which is no time'],
  ])('%o does not hold %s', (wire, value, message) => {
    expect(() => encode(wire, value)).toThrow(message);
  });

  it.each<[NeutralType, SQLOutputValue, Partial<ValueRules>, string]>([
    [float, Infinity, { notANumber: 'null' }, '\\N'],
    [date, 'infinity', { infiniteDate: 'null' }, '\\N'],
    [date, 'infinity', { infiniteDate: 'limit' }, '9999-12-31'],
    [timestamp, '-infinity', { infiniteDate: 'limit' }, '0001-01-01 00:00:00'],
    [date, '0000-00-00', { zeroDate: 'null' }, '\\N'],
    [date, '2010-00-15', { zeroDate: 'epoch' }, '1970-01-01'],
    [timestamp, '2010-01-00 10:00:00', { zeroDate: 'epoch' }, '1970-01-01 00:00:00'],
    [date, '0000-00-00', {}, '0000-00-00'],
    [date, '0044-03-15 BC', { dateRange: 'null' }, '\\N'],
    [date, '10000-01-01', { dateRange: 'null' }, '\\N'],
    [date, '9999-12-31', { dateRange: 'null' }, '9999-12-31'],
  ])('%o holds %s by rule %o as %s', (wire, value, rules, expected) => {
    expect(encode(wire, value, rules)).toBe(expected);
  });

  it('prints digits without exponent', () => {
    for (const value of [1e21, -1.2345e-10, 5e-324, 1.7976931348623157e308, 123.456, 0]) {
      expect(plainDigits(value)).toMatch(/^-?\d+(\.\d+)?$/);
      expect(Number(plainDigits(value))).toBe(value);
    }
  });
});

describe('decoding', () => {
  it.each<[NeutralType, string, string, SQLInputValue]>([
    [boolean, 'BOOLEAN', 't', 1n],
    [boolean, 'BOOLEAN', 'f', 0n],
    [integer, 'BIGINT', '-42', -42],
    [integer, 'BIGINT', '999999999999999', 999999999999999],
    [integer, 'BIGINT', '9223372036854775807', 9223372036854775807n],
    [integer, 'BLOB', '5', 5n],
    [integer, 'DECIMAL_TEXT(20,0)', '18446744073709551615', '18446744073709551615'],
    [float, 'DOUBLE', '1e300', 1e300],
    [float, 'DOUBLE', '-Infinity', -Infinity],
    [decimal, 'DECIMAL_TEXT(10,2)', '1.10', '1.10'],
    [decimal, 'DECIMAL(10,2)', '1.10', 1.1],
    [decimal, 'NUMERIC', '9223372036854775807', 9223372036854775807n],
    [decimal, 'NUMERIC', '-007.50', -7.5],
    [text, 'TEXT', '007', '007'],
    [text, 'INTEGER', 'word', 'word'],
    [text, 'INTEGER', '7', '7'],
  ])('%o in %s takes %s', (wire, nativeType, field, expected) => {
    expect(decoderOf(columnPlan(wire, nativeType))(field)).toBe(expected);
  });

  it.each<[NeutralType, string, string]>([
    [boolean, 'BOOLEAN', '2'],
    [integer, 'BIGINT', 'word'],
    [integer, 'BIGINT', ''],
    [integer, 'BIGINT', '1.0'],
    [integer, 'BIGINT', '9223372036854775808'],
    [integer, 'REAL', '9007199254740993'],
    [float, 'DOUBLE', 'NaN'],
    [float, 'DOUBLE', ''],
    [decimal, 'NUMERIC', '1234567890.12345678901234567890'],
    [decimal, 'NUMERIC', 'NaN'],
    [decimal, 'NUMERIC', '9223372036854775809'],
    [bytes, 'BLOB', '\\x0'],
    [bytes, 'BLOB', '00ff'],
    [text, 'NUMERIC', '007'],
    [text, 'INTEGER', '1e3'],
  ])('%o in %s refuses %s', (wire, nativeType, field) => {
    expect(() => decoderOf(columnPlan(wire, nativeType))(field)).toThrow(`does not take "${field}"`);
  });
});
