/** Names within a target's limits, unique among their neighbours. */
import { createHash } from 'node:crypto';

export interface NameLimits {
  /** True for names that are short enough. PostgreSQL counts bytes, MySQL characters; SQLite takes any. */
  fits(name: string): boolean;
  /** True: names that differ in case only collide. */
  readonly foldsCase: boolean;
  /** The name with what no name may hold replaced. Default: any may be. */
  legal?(name: string): string;
}

/** What two names must not share, e.g. `Name` and `name` where the database ignores case. */
export function nameKey(name: string, limits: NameLimits): string {
  return limits.foldsCase ? name.toLowerCase() : name;
}

/**
 * `name` if it is legal, fits and is not taken, otherwise cut and ended with `_` and a hash of the whole name, so that the same
 * name becomes the same everywhere. Adds what it returns to `taken` (keys of nameKey). `owner`: what the name belongs to, where
 * many owners have things of one name: it goes in front of one that is taken.
 */
export function claimName(wanted: string, limits: NameLimits, taken: Set<string>, owner = ''): string {
  const name = limits.legal?.(wanted) ?? wanted;
  const owned = limits.legal?.(`${owner}_${wanted}`) ?? `${owner}_${wanted}`;
  const candidates = [name, ...(owner === '' || name.startsWith(`${owner}_`) ? [] : [owned])].filter(limits.fits);
  for (let attempt = 0; ; attempt++) {
    const hashed = attempt === 0 ? wanted : `${wanted}\0${owner}\0${attempt}`;
    const candidate = candidates.shift() ?? cut(name, `_${shortHash(hashed)}`, limits);
    const key = nameKey(candidate, limits);
    if (!taken.has(key)) {
      taken.add(key);
      return candidate;
    }
  }
}

const shortHash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 6);

/** The longest beginning of `name` that fits with `end` behind it, never cutting a character. */
function cut(name: string, end: string, limits: NameLimits): string {
  const characters = [...name];
  while (characters.length > 0 && !limits.fits(characters.join('') + end)) characters.pop();
  return characters.join('') + end;
}
