/** Texts of dates and times in their plain forms, with no string made of them. Everything else is a BinaryDoubt. */
import { BinaryDoubt } from '../../../driver/binary-doubt.ts';

const hyphen = 0x2d;
const colon = 0x3a;
const point = 0x2e;
const space = 0x20;
const letterT = 0x54;
const monthDays = Uint8Array.of(0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31);

/** `YYYY-MM-DD`, a day that exists, as the number of its digits. */
export function dateAt(source: Buffer, at: number, end: number): number {
  if (end < at + 10 || source[at + 4] !== hyphen || source[at + 7] !== hyphen) {
    throw new BinaryDoubt('a date in another form');
  }
  const year = digits2(source, at) * 100 + digits2(source, at + 2);
  const month = digits2(source, at + 5);
  const day = digits2(source, at + 8);
  const isLeapDay = month === 2 && day === 29 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (year === 0 || month === 0 || month > 12 || day === 0 || (day > monthDays[month]! && !isLeapDay)) {
    throw new BinaryDoubt('a date that does not exist');
  }
  return (year * 100 + month) * 100 + day;
}

/** What stands between date and time. */
export function expectSpace(source: Buffer, at: number): void {
  if (source[at] !== space && source[at] !== letterT) throw new BinaryDoubt('a moment in another form');
}

/** `HH:MM:SS` as seconds of the day. */
export function secondsAt(source: Buffer, at: number, end: number): number {
  if (end < at + 8 || source[at + 2] !== colon || source[at + 5] !== colon) {
    throw new BinaryDoubt('a time in another form');
  }
  const hour = digits2(source, at);
  const minute = digits2(source, at + 3);
  const second = digits2(source, at + 6);
  if (hour > 23 || minute > 59 || second > 59) throw new BinaryDoubt('a time that does not exist');
  return (hour * 60 + minute) * 60 + second;
}

/** Microseconds of `.f` with up to six digits, or of nothing. */
export function fractionAt(source: Buffer, at: number, end: number): number {
  if (at === end) return 0;
  if (source[at] !== point || end - at < 2 || end - at > 7) throw new BinaryDoubt('a fraction in another form');
  let value = 0;
  for (let index = at + 1; index < at + 7; index++) value = value * 10 + (index < end ? digit(source, index) : 0);
  return value;
}

/** End of a moment in UTC without its `Z`. */
export const endWithoutZone = (source: Buffer, end: number): number => (source[end - 1] === 0x5a ? end - 1 : end);

const digits2 = (source: Buffer, at: number): number => digit(source, at) * 10 + digit(source, at + 1);

function digit(source: Buffer, at: number): number {
  const value = source[at]! - 0x30;
  // What is not there is neither less nor more.
  if (!(value >= 0 && value <= 9)) throw new BinaryDoubt('a character that is no digit');
  return value;
}
