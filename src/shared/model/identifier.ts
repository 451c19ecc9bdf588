/**
 * Ids of stored things: a prefix and a KSUID, 27 base62 characters that hold 4 bytes of time (seconds since
 * 2014-05-13) and 16 random bytes. Ids of later seconds sort after earlier ones.
 */
export type IdentifierPrefix = 'conn' | 'config' | 'stream';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const epochSeconds = 1_400_000_000;
const length = 27;

/** `created`: Unix seconds; they become the time part. */
export function newIdentifier(prefix: IdentifierPrefix, created: number): string {
  return `${prefix}_${encodeKsuid(created, crypto.getRandomValues(new Uint8Array(16)))}`;
}

/** `random`: 16 bytes. */
export function encodeKsuid(unixSeconds: number, random: Uint8Array): string {
  let value = BigInt(unixSeconds - epochSeconds);
  for (const byte of random) value = value * 256n + BigInt(byte);
  let text = '';
  for (; value > 0n; value /= 62n) text = digits[Number(value % 62n)]! + text;
  return text.padStart(length, '0');
}

/** Unix seconds of an id's time part; null when the text is not an id of ours. */
export function identifierTime(identifier: string): number | null {
  const ksuid = /^[a-z]+_([0-9A-Za-z]{27})$/.exec(identifier)?.[1];
  if (ksuid === undefined) return null;
  let value = 0n;
  for (const digit of ksuid) value = value * 62n + BigInt(digits.indexOf(digit));
  const seconds = value >> 128n;
  return seconds > 0xffff_ffffn ? null : Number(seconds) + epochSeconds;
}
