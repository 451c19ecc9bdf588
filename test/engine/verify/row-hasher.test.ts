import { describe, expect, it } from 'vitest';
import type { NeutralType } from '../../../src/main/engine/model/neutral-type.ts';
import { canonicalJson, canonicalNumber } from '../../../src/main/engine/verify/canonical-json.ts';
import { BucketSums, RowHasher } from '../../../src/main/engine/verify/row-hasher.ts';

const text: NeutralType = { kind: 'text', length: null, fixed: false, ignoresCase: false };
const float: NeutralType = { kind: 'float', bits: 64 };
const decimal: NeutralType = { kind: 'decimal', precision: null, scale: null };
const json: NeutralType = { kind: 'json', form: 'text' };

function checksum(wires: NeutralType[], ...rows: string[]) {
  const sums = new BucketSums(16);
  sums.addAll(new RowHasher(wires), Buffer.from(rows.map((row) => `${row}\n`).join('')));
  return sums.checksum();
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

  it('reads several additions as one sequence', () => {
    const hasher = new RowHasher([text]);
    const sums = new BucketSums(16);
    sums.addAll(hasher, Buffer.from('a\nb\n'));
    sums.addAll(hasher, Buffer.from('c\n'));
    expect(sums.checksum()).toEqual(checksum([text], 'a', 'b', 'c'));
  });

  it('puts a changed row into the bucket of its key', () => {
    const sumsOf = (rows: string) => {
      const sums = new BucketSums(1024);
      sums.addAll(new RowHasher([text, text], [0]), Buffer.from(rows));
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

  it('tells numbers apart that a float would not', () => {
    expect(canonicalNumber('9007199254740993')).not.toBe(canonicalNumber('9007199254740992'));
  });
});
