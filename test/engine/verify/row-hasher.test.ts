import { describe, expect, it } from 'vitest';
import type { NeutralType } from '../../../src/main/engine/model/neutral-type.ts';
import { BucketSums } from '../../../src/main/engine/verify/bucket-sums.ts';
import { canonicalForm } from '../../../src/main/engine/verify/canonical-form.ts';
import { canonicalJson } from '../../../src/main/engine/verify/canonical-json.ts';
import { canonicalNumber } from '../../../src/main/engine/verify/canonical-number.ts';
import { RowHasher } from '../../../src/main/engine/verify/row-hasher.ts';

const text: NeutralType = { kind: 'text', length: null, fixed: false, ignoresCase: false };
const float: NeutralType = { kind: 'float', bits: 64 };
const decimal: NeutralType = { kind: 'decimal', precision: null, scale: null };
const json: NeutralType = { kind: 'json', form: 'text' };

const columnsOf = (wires: NeutralType[]) =>
  wires.map((wire) => ({ wire, source: { type: wire }, target: { type: wire } }));

function checksum(wires: NeutralType[], ...rows: string[]) {
  const sums = new BucketSums(16);
  sums.addAll(new RowHasher(columnsOf(wires)), Buffer.from(rows.map((row) => `${row}\n`).join('')));
  return sums.checksum();
}

/** Digits of all lengths with the point in all places, zeros around them, signs and exponents: many ways to write a number. */
function decimalTexts(): string[] {
  const digits = [
    '0',
    '1',
    '10',
    '100',
    '12',
    '120',
    '102',
    '9007199254740993',
    '90071992547409930',
    '1234567890123456789',
  ];
  const forms = digits.flatMap((text) => [
    text,
    `00${text}`,
    `${text}.0`,
    `${text}.00`,
    `0.${text}`,
    `0.00${text}`,
    `${text}e2`,
    `${text}.5E-3`,
    `${text}00`,
    `${text}e+02`,
    `.${text}`,
  ]);
  return [
    ...forms.filter((text) => !text.startsWith('.')),
    ...forms.map((text) => `-${text}`).filter((text) => text[1] !== '.'),
    'NaN',
    'Infinity',
    '-Infinity',
  ];
}

/** The same floats as short and as long text, and their neighbours. */
function floatTexts(): string[] {
  const values = [
    0.1,
    1 / 3,
    1e15,
    1e21,
    1.5e-7,
    5e-324,
    1.7976931348623157e308,
    2 ** 53,
    123456.789,
    0.30000000000000004,
  ];
  return values.flatMap((value) => [
    String(value),
    value.toPrecision(17),
    value.toExponential(20),
    String(value * (1 + 2 ** -52)),
  ]);
}

describe('RowHasher', () => {
  it('does not depend on the order of rows', () => {
    expect(checksum([text, text], 'a\tb', 'c\td')).toEqual(checksum([text, text], 'c\td', 'a\tb'));
  });

  it.each([
    ['one changed bit', 'a\tb', 'a\tc'],
    ['swapped columns', 'a\tb', 'b\ta'],
    ['a moved border', 'ab\tc', 'a\tbc'],
    ['NULL and the text NULL', '\\N\tb', 'NULL\tb'],
    ['NULL and the empty text', '\\N\tb', '\tb'],
    ['NULL and an escaped backslash N', '\\N\tb', '\\\\N\tb'],
  ])('sees %s', (_, left, right) => {
    expect(checksum([text, text], left).sum).not.toBe(checksum([text, text], right).sum);
  });

  it('sees a row that is there twice', () => {
    expect(checksum([text], 'a', 'b', 'b')).not.toEqual(checksum([text], 'a', 'a', 'b'));
    expect(checksum([text], 'a', 'b', 'b').rows).toBe(3);
  });

  it('compares floats by bits, decimals and JSON by value, CHAR(n) without its padding', () => {
    expect(checksum([float], '1e15')).toEqual(checksum([float], '1000000000000000'));
    expect(checksum([float], '0').sum).not.toBe(checksum([float], '-0').sum);
    expect(checksum([decimal], '1.50')).toEqual(checksum([decimal], '1.5'));
    expect(checksum([json], '{"b": 1, "a":[1.10]}')).toEqual(checksum([json], '{"a": [1.1], "b":1}'));
    const fixed: NeutralType = { ...text, fixed: true } as NeutralType;
    expect(checksum([fixed], 'a  ')).toEqual(checksum([fixed], 'a'));
    expect(checksum([text], 'a  ').sum).not.toBe(checksum([text], 'a').sum);
  });

  it('takes 0 for -0 where one of the ends has no -0', () => {
    const sumOf = (row: string, signedZero: boolean) => {
      const sums = new BucketSums(16);
      sums.addAll(new RowHasher(columnsOf([float]), [], signedZero), Buffer.from(row));
      return sums.checksum().sum;
    };
    expect(sumOf('-0\n', false)).toBe(sumOf('0\n', false));
    expect(sumOf('-0\n', true)).not.toBe(sumOf('0\n', true));
    expect(sumOf('-1\n', false)).not.toBe(sumOf('1\n', false));
  });

  it.each([
    ['decimals', decimal, decimalTexts()],
    ['floats', float, [...decimalTexts(), ...floatTexts()]],
  ])('tells the same %s apart by their bytes as by their canonical form', (_, type, texts) => {
    const canonical = canonicalForm(columnsOf([type])[0]!, true)!;
    const hashOf = new Map<string, string>();
    const formOf = new Map<string, string>();
    for (const text of texts) {
      const [form, { sum }] = [canonical(text), checksum([type], text)];
      expect(hashOf.get(form) ?? sum, text).toBe(sum);
      expect(formOf.get(sum) ?? form, text).toBe(form);
      hashOf.set(form, sum);
      formOf.set(sum, form);
    }
    expect(hashOf.size).toBeGreaterThan(50);
    expect(hashOf.size).toBeLessThan(texts.length);
  });

  it('compares a TIME with the interval that was made of it', () => {
    const time: NeutralType = { kind: 'time', span: 'duration', fraction: 6 };
    for (const [clock, interval] of [
      ['-838:59:59.5', 'PT-838H-59M-59.5S'],
      ['-00:00:00.5', 'PT-0.5S'],
      ['12:00:00', 'PT12H'],
      ['00:00:00', 'PT0S'],
      ['100:00:00.000001', 'PT100H0.000001S'],
    ] as const)
      expect(checksum([time], clock)).toEqual(checksum([time], interval));
    expect(checksum([time], '00:00:01').sum).not.toBe(checksum([time], '00:01:00').sum);
    expect(checksum([time], '-00:00:01').sum).not.toBe(checksum([time], '00:00:01').sum);
  });

  it('reads several additions as one sequence', () => {
    const hasher = new RowHasher(columnsOf([text]));
    const sums = new BucketSums(16);
    sums.addAll(hasher, Buffer.from('a\nb\n'));
    sums.addAll(hasher, Buffer.from('c\n'));
    expect(sums.checksum()).toEqual(checksum([text], 'a', 'b', 'c'));
  });

  it('puts a changed row into the bucket of its key', () => {
    const sumsOf = (rows: string) => {
      const sums = new BucketSums(1024);
      sums.addAll(new RowHasher(columnsOf([text, text]), [0]), Buffer.from(rows));
      return sums;
    };
    expect(sumsOf('1\ta\n2\tb\n3\tc\n').differing(sumsOf('1\ta\n2\tX\n3\tc\n')).size).toBe(1);
    expect(sumsOf('1\ta\n').differing(sumsOf('1\ta\n')).size).toBe(0);
  });
});

describe('canonicalJson', () => {
  it.each([
    ['{"b":1,"a":{"d":[],"c":null}}', '{"a":{"c":null,"d":[]},"b":1e0}'],
    [' [ 1.10 , 1e2, -0, 12345678901234567890 ] ', '[11e-1,1e2,0,1234567890123456789e1]'],
    ['"\\u00e9\\/"', '"é/"'],
    ['{"a":1,"a":2}', '{"a":2e0}'],
    ['true', 'true'],
  ])('%s => %s', (input, output) => {
    expect(canonicalJson(input)).toBe(output);
  });

  it.each(['{a:1}', '[1', '1 2', '{"a":1,}x', ''])('leaves %j, which is not JSON, as it is', (input) => {
    expect(canonicalJson(input)).toBe(input);
  });

  it('takes strings of any length', () => {
    const long = 'x'.repeat(20_000_000);
    expect(canonicalJson(`{"b":1.0,"a":"${long}"}`)).toBe(`{"a":"${long}","b":1e0}`);
    expect(canonicalJson(`["${long}`)).toBe(`["${long}`);
  });

  it('goes as deep as 1,000 levels, and leaves what is deeper as it is', () => {
    const nested = (levels: number) => `${'[ '.repeat(levels)}1${']'.repeat(levels)}`;
    expect(canonicalJson(nested(1000))).toBe(`${'['.repeat(1000)}1e0${']'.repeat(1000)}`);
    expect(canonicalJson(nested(100_000))).toBe(nested(100_000));
  });

  it('tells numbers apart that a float would not', () => {
    expect(canonicalNumber('9007199254740993')).not.toBe(canonicalNumber('9007199254740992'));
  });
});
