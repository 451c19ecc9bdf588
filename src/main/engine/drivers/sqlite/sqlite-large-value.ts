/** Values of a megabyte and more as row text, in slices, so that no second copy of the whole is ever made. */
import type { SQLOutputValue } from 'node:sqlite';
import type { ColumnPlan } from '../../model/table-plan.ts';
import { encoderOf, escapeText } from './sqlite-value-encoder.ts';

const sliceLength = 256 * 1024;

/** Row text of one field, in order. Text must be known to be UTF-8. Throws UnencodableValue. */
export function* largeField(value: SQLOutputValue, column: ColumnPlan): Generator<Buffer> {
  const { wire, rules } = column;
  if (value instanceof Uint8Array && wire.kind === 'bytes') {
    yield Buffer.from('\\\\x');
    yield* hexSlices(value);
  } else if (value instanceof Uint8Array && wire.kind === 'any') {
    yield Buffer.from("x'");
    yield* hexSlices(value);
    yield Buffer.from("'");
  } else if (typeof value === 'string' && wire.kind === 'bytes') {
    yield Buffer.from('\\\\x');
    for (const slice of textSlices(value)) yield* hexSlices(Buffer.from(slice, 'utf8'));
  } else if (typeof value === 'string' && wire.kind === 'any') {
    yield Buffer.from("'");
    for (const slice of textSlices(value)) yield Buffer.from(escapeText(slice.replaceAll("'", "''"), 'keep'), 'utf8');
    yield Buffer.from("'");
  } else if (typeof value === 'string' && (wire.kind === 'text' || wire.kind === 'json')) {
    for (const slice of textSlices(value)) yield Buffer.from(escapeText(slice, rules.nulByte), 'utf8');
  } else {
    yield Buffer.from(encoderOf(column, true)(value), 'utf8');
  }
}

function* hexSlices(bytes: Uint8Array): Generator<Buffer> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let start = 0; start < buffer.length; start += sliceLength) {
    yield Buffer.from(buffer.toString('hex', start, start + sliceLength), 'latin1');
  }
}

/** Pieces that never end between the two halves of a character. */
function* textSlices(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    let end = Math.min(text.length, start + sliceLength);
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end--;
    yield text.slice(start, end);
    start = end;
  }
}

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;
