/** Who may call: the Host check against DNS rebinding, the API key, and sessions of the UI in a browser (SPEC 10). */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** True for loopback names and for those that the user allowed, whatever the port. */
export function isHostAllowed(header: string | undefined, allowed: readonly string[]): boolean {
  const name = hostName(header);
  if (name === null) return false;
  if (name === 'localhost' || name === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name)) return true;
  return allowed.some((each) => name === each.toLowerCase() || header?.toLowerCase() === each.toLowerCase());
}

/** `[::1]:8020` => `[::1]`; null for what is not a host with an optional port. */
function hostName(header: string | undefined): string | null {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:@/\s[\]]+)(?::\d{1,5})?$/.exec(header ?? '');
  return match?.[1]?.toLowerCase() ?? null;
}

/** Compares in a time that does not depend on where the texts differ, nor on their lengths. */
export function isSameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

const tokenMs = 5 * 60_000;
const sessionMs = 12 * 3_600_000;
const maxSessions = 100;
const cookieName = 'sluice_session';

/**
 * Browsers that traded a one-time token or the API key for a cookie. In memory: a restart of Sluice ends all sessions, and so
 * does a new API key.
 */
export class Sessions {
  readonly #now: () => number;
  readonly #apiKey: () => string;
  /** SHA-256 of the API key and a token or session id => when it ends, oldest first. Under another key none is found. */
  readonly #tokens = new Map<string, number>();
  readonly #sessions = new Map<string, number>();
  /** By the same, of tokens. */
  readonly #onTaken = new Map<string, () => void>();

  /** `now`: milliseconds; `apiKey`: the present one. */
  constructor(now: () => number, apiKey: () => string) {
    this.#now = now;
    this.#apiKey = apiKey;
  }

  /** A token that opens one session within five minutes: part of the URL that `serve --open` leads to. `onTaken` hears when it did. */
  issueToken(onTaken?: () => void): string {
    const token = this.#add(this.#tokens, tokenMs);
    if (onTaken) this.#onTaken.set(this.#hash(token), onTaken);
    return token;
  }

  /** True for a token that was issued, is not too old and was not taken before. */
  take(token: string): boolean {
    const key = this.#hash(token);
    const isValid = (this.#tokens.get(key) ?? 0) > this.#now();
    this.#tokens.delete(key);
    if (isValid) this.#onTaken.get(key)?.();
    this.#onTaken.delete(key);
    return isValid;
  }

  /** The Set-Cookie header of a new session. */
  open(): string {
    const session = this.#add(this.#sessions, sessionMs);
    return `${cookieName}=${session}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${sessionMs / 1000}`;
  }

  /** True when the request has the cookie of a session and was made by a page of this server. */
  isOpen(headers: IncomingHttpHeaders, method: string): boolean {
    const cookie = /(?:^|;\s*)sluice_session=([\w-]+)/.exec(headers.cookie ?? '')?.[1];
    if (cookie === undefined || !isOwnPage(headers, method)) return false;
    return (this.#sessions.get(this.#hash(cookie)) ?? 0) > this.#now();
  }

  #add(kept: Map<string, number>, lifetimeMs: number): string {
    const secret = randomBytes(32).toString('base64url');
    kept.set(this.#hash(secret), this.#now() + lifetimeMs);
    const [oldest] = kept.keys();
    if (kept.size > maxSessions && oldest !== undefined) kept.delete(oldest);
    return secret;
  }

  #hash(secret: string): string {
    return createHash('sha256').update(`${this.#apiKey()}\n${secret}`).digest('hex');
  }
}

/**
 * Origin = Host. Browsers leave Origin out of same-origin reads; there Sec-Fetch-Site says the same. That they leave out
 * where the address is neither encrypted nor of this computer; there Referer does. Pages of others can set none of them.
 */
export function isOwnPage(headers: IncomingHttpHeaders, method: string): boolean {
  const { origin, host, referer } = headers;
  const isOwn = (address: string) => address === `http://${host}` || address === `https://${host}`;
  if (origin !== undefined) return isOwn(origin);
  if (method !== 'GET' && method !== 'HEAD') return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  return referer !== undefined && URL.canParse(referer) && isOwn(new URL(referer).origin);
}
