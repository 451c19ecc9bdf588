/** What CREATE SEQUENCE and identity columns say of a sequence beyond its type. */
import type { SequenceSchema } from '../../model/table-schema.ts';

/** Largest and smallest values of the types that sequences have. */
const bounds: Record<SequenceSchema['type'], readonly [smallest: string, largest: string]> = {
  smallint: ['-32768', '32767'],
  integer: ['-2147483648', '2147483647'],
  bigint: ['-9223372036854775808', '9223372036854775807'],
};

/** Settings that are not the default, each after a blank. */
export function sequenceSettings(sequence: SequenceSchema): string {
  const { type, start, increment, minimum, maximum, cache, cycles } = sequence;
  const [smallest, largest] = bounds[type];
  const isAscending = !increment.startsWith('-');
  const settings = [
    ...(increment === '1' ? [] : [`INCREMENT BY ${increment}`]),
    ...(minimum === (isAscending ? '1' : smallest) ? [] : [`MINVALUE ${minimum}`]),
    ...(maximum === (isAscending ? largest : '-1') ? [] : [`MAXVALUE ${maximum}`]),
    ...(start === (isAscending ? minimum : maximum) ? [] : [`START WITH ${start}`]),
    ...(cache === '1' ? [] : [`CACHE ${cache}`]),
    ...(cycles ? ['CYCLE'] : []),
  ];
  return settings.map((each) => ` ${each}`).join('');
}
