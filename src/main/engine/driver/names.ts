/** Names within a target's limits, unique among their neighbours. */
import { createHash } from 'node:crypto';
import type { Dialect } from './dialect.ts';

type NameLimits = Pick<Dialect, 'identifierLimit' | 'foldsNames' | 'legalName'>;

/** The limits of column names. */
export const columnLimits = (dialect: Dialect): NameLimits => ({
  ...dialect,
  foldsNames: dialect.foldsColumnNames ?? dialect.foldsNames,
});

/** What two names must not share, e.g. `Name` and `name` where the database ignores case. */
export function nameKey(name: string, limits: NameLimits): string {
  return limits.foldsNames ? name.toLowerCase() : name;
}

/**
 * `name` if it is legal, fits and is not taken, otherwise cut and ended with `_` and a hash of the whole name, so that the same
 * name becomes the same everywhere. Adds what it returns to `taken` (keys of nameKey).
 */
export function claimName(wanted: string, limits: NameLimits, taken: Set<string>): string {
  const name = limits.legalName?.(wanted) ?? wanted;
  for (let attempt = 0; ; attempt++) {
    const suffix = attempt === 0 ? '' : `_${shortHash(`${wanted}\0${attempt}`)}`;
    const candidate =
      attempt === 0 && measure(name, limits) <= limits.identifierLimit.length
        ? name
        : cut(name, limits.identifierLimit.length - 7, limits) + (suffix || `_${shortHash(wanted)}`);
    const key = nameKey(candidate, limits);
    if (!taken.has(key)) {
      taken.add(key);
      return candidate;
    }
  }
}

const shortHash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 6);

const measure = (text: string, limits: NameLimits) =>
  limits.identifierLimit.unit === 'bytes' ? Buffer.byteLength(text) : [...text].length;

/** The longest beginning of `text` within `length`, never cutting a character. */
function cut(text: string, length: number, limits: NameLimits): string {
  if (measure(text, limits) <= length) return text;
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += limits.identifierLimit.unit === 'bytes' ? Buffer.byteLength(character) : 1;
    if (used > length) break;
    kept += character;
  }
  return kept;
}
