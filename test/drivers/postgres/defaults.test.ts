import { expect, test } from 'vitest';
import { columnDefault } from '../../../src/main/engine/drivers/postgres/postgres-defaults.ts';
import type { NeutralType } from '../../../src/main/engine/model/neutral-type.ts';

const text: NeutralType = { kind: 'text', length: null, fixed: false, ignoresCase: false };
const integer: NeutralType = { kind: 'integer', bits: 32, unsigned: false };
const timestamptz: NeutralType = { kind: 'timestamptz', fraction: 6 };
const value = (content: string) => ({ kind: 'value', text: content });

test.each([
  ["'it''s'::character varying", text, value("it's")],
  ["E'a\\\\b'::text", text, value('a\\b')],
  ["'a::b'::text", text, value('a::b')],
  ["''::text", text, value('')],
  ["'x'::character varying(20)", text, value('x')],
  ['\'x\'::public."My type"', text, value('x')],
  ['0', integer, value('0')],
  ['(-1)', integer, value('-1')],
  ["'-1'::integer", integer, value('-1')],
  ['1.50', { kind: 'decimal', precision: 5, scale: 2 }, value('1.50')],
  ['true', { kind: 'boolean' }, value('t')],
  ["'2020-01-01 00:00:00+00'::timestamp with time zone", timestamptz, value('2020-01-01 00:00:00')],
  ["'infinity'::timestamp with time zone", timestamptz, 'expression'],
  ['B\'101\'::"bit"', { kind: 'bits', length: 3, varying: false }, value('101')],
  ["'{}'::text[]", { kind: 'array', element: text }, value('[]')],
  ['ARRAY[]::text[]', { kind: 'array', element: text }, value('[]')],
  ["'{a,b}'::text[]", { kind: 'array', element: text }, value('["a","b"]')],
  ["'{1,-2}'::integer[]", { kind: 'array', element: { kind: 'integer', bits: 32, unsigned: false } }, value('[1,-2]')],
  ["'{a,NULL}'::text[]", { kind: 'array', element: text }, 'expression'],
  [`'{"a b"}'::text[]`, { kind: 'array', element: text }, 'expression'],
  ["'{{a},{b}}'::text[]", { kind: 'array', element: text }, 'expression'],
  ["'{1.5}'::numeric[]", { kind: 'array', element: { kind: 'decimal', precision: null, scale: null } }, 'expression'],
  ["'a'::text || 'b'::text", text, 'expression'],
  ["'a'::text || current_user", text, 'expression'],
  ["upper('a'::text)", text, 'expression'],
  ["'$1.50'::money", { kind: 'decimal', precision: 19, scale: 2 }, 'expression'],
  ['NULL::character varying', text, null],
  ['now()', timestamptz, { kind: 'now', fraction: 6 }],
  ['CURRENT_TIMESTAMP(3)', { kind: 'timestamp', fraction: 3 }, { kind: 'now', fraction: 3 }],
  ['now()', { kind: 'date' }, { kind: 'current-date' }],
  ['now()', text, 'expression'],
  ['clock_timestamp()', timestamptz, 'expression'],
  ['CURRENT_DATE', { kind: 'date' }, { kind: 'current-date' }],
  ['LOCALTIME', { kind: 'time', span: 'day', fraction: 6 }, { kind: 'current-time' }],
  ['gen_random_uuid()', { kind: 'uuid' }, { kind: 'uuid' }],
  ['public.uuid_generate_v4()', { kind: 'uuid' }, { kind: 'uuid' }],
] as [string, NeutralType, object | 'expression' | null][])('%s', (sql, type, expected) => {
  const wanted = expected === 'expression' ? { kind: 'expression', sql, family: 'postgres' } : expected;
  expect(columnDefault(sql, type)).toEqual(wanted);
});
