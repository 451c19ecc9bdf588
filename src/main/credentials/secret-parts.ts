/**
 * Secrets that a keychain cannot take as they are: longer than Windows' 2,560 bytes (a TLS key), empty, or with NUL, where
 * keytar's C strings end. They are kept as base64 in several entries, and the account's own entry names those.
 */
import { randomBytes } from 'node:crypto';

export interface SecretParts {
  /** What the account's own entry holds. */
  readonly head: string;
  /** Further entries: account and text. */
  readonly parts: readonly { readonly account: string; readonly text: string }[];
}

const mark = 'sluice-parts:';
const longestEntryBytes = 2_000;

export function divideSecret(account: string, secret: string): SecretParts {
  const isPlain = secret !== '' && !secret.includes('\0') && !secret.startsWith(mark);
  if (isPlain && Buffer.byteLength(secret) <= longestEntryBytes) return { head: secret, parts: [] };
  const encoded = Buffer.from(secret).toString('base64');
  const texts = Array.from({ length: Math.ceil(encoded.length / longestEntryBytes) }, (_, index) =>
    encoded.slice(index * longestEntryBytes, (index + 1) * longestEntryBytes),
  );
  // New names each time: a change that fails half way leaves the old secret whole.
  const head = `${mark}${randomBytes(6).toString('hex')}:${texts.length}`;
  const accounts = partAccounts(account, head) ?? [];
  return { head, parts: texts.map((text, index) => ({ account: accounts[index]!, text })) };
}

/** Accounts of the parts that `head` names; null: `head` is the secret itself. */
export function partAccounts(account: string, head: string): string[] | null {
  const match = /^sluice-parts:([0-9a-f]+):(\d+)$/.exec(head);
  if (!match) return null;
  return Array.from({ length: Number(match[2]) }, (_, index) => `${account}/${match[1]}/${index + 1}`);
}

export function joinSecret(texts: readonly string[]): string {
  return Buffer.from(texts.join(''), 'base64').toString('utf8');
}
