import { canonicalNumber } from './canonical-number.ts';

/**
 * JSON text in one form for each value: keys sorted, no white space, strings escaped one way, numbers as exact decimal text
 * without trailing zeros or exponent differences. Numbers never become floats: 1.10 equals 1.1, and
 * 12345678901234567890 stays itself. Of duplicate keys the last counts, as in every database that reads the text.
 * Text that is not JSON, or nested deeper than 1,000 levels, is returned as it is.
 */
export function canonicalJson(text: string): string {
  const parser = new JsonCanonicalizer(text);
  return parser.whole() ?? text;
}

/** Of a string the first mark only: it may be longer than the stack on which an expression with choices is matched. */
const token = /[\s]*(?:([{}[\],:])|(")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null))/y;
const stringMark = /["\\]/g;

/** JavaScript's stack is not without end; databases allow 100 (MySQL) to a few thousand. */
const deepest = 1000;

class JsonCanonicalizer {
  readonly #text: string;
  #punctuation = '';
  #value: string | null = null;
  #failed = false;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    token.lastIndex = 0;
  }

  whole(): string | null {
    this.#next();
    const value = this.#element();
    return this.#failed || this.#text.slice(token.lastIndex).trim() !== '' ? null : value;
  }

  /** Reads one token: punctuation, or a scalar in canonical form. */
  #next(): void {
    const at = token.lastIndex;
    const match = token.exec(this.#text);
    this.#punctuation = match?.[1] ?? '';
    this.#value = null;
    if (match?.[2] !== undefined) this.#value = this.#string(token.lastIndex - 1);
    else if (match?.[3] !== undefined) this.#value = canonicalNumber(match[3]);
    else if (match?.[4] !== undefined) this.#value = match[4];
    else if (!match) {
      this.#failed = true;
      token.lastIndex = at;
    }
  }

  /** The string that begins at `start`, in canonical form. */
  #string(start: number): string | null {
    stringMark.lastIndex = start + 1;
    for (let mark = stringMark.exec(this.#text); mark; mark = stringMark.exec(this.#text)) {
      if (mark[0] === '"') {
        token.lastIndex = mark.index + 1;
        return canonicalString(this.#text.slice(start, mark.index + 1));
      }
      stringMark.lastIndex = mark.index + 2;
    }
    this.#failed = true;
    return null;
  }

  /** The value that begins with the current token. */
  #element(): string {
    if (this.#value !== null) return this.#value;
    const isArray = this.#punctuation === '[';
    if ((!isArray && this.#punctuation !== '{') || this.#depth === deepest) {
      this.#failed = true;
      return '';
    }
    this.#depth++;
    const element = isArray ? this.#array() : this.#object();
    this.#depth--;
    return element;
  }

  #array(): string {
    const items: string[] = [];
    this.#next();
    while (!this.#failed && this.#punctuation !== ']') {
      items.push(this.#element());
      this.#next();
      if (this.#punctuation === ',') this.#next();
      else if (this.#punctuation !== ']') this.#failed = true;
    }
    return `[${items.join(',')}]`;
  }

  #object(): string {
    const members = new Map<string, string>();
    this.#next();
    while (!this.#failed && this.#punctuation !== '}') {
      const key = this.#value ?? '';
      this.#next();
      if (this.#punctuation !== ':') this.#failed = true;
      this.#next();
      members.set(key, this.#element());
      this.#next();
      if (this.#punctuation === ',') this.#next();
      else if (this.#punctuation !== '}') this.#failed = true;
    }
    const sorted = [...members].toSorted(([left], [right]) => (left < right ? -1 : 1));
    return `{${sorted.map(([key, value]) => `${key}:${value}`).join(',')}}`;
  }
}

function canonicalString(quoted: string): string {
  if (!quoted.includes('\\')) return quoted;
  try {
    return JSON.stringify(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}
