/** Words of a MySQL or SQLite expression. */
export interface Token {
  /** `name`: a quoted identifier; `word`: an unquoted one, in lower case where it is a keyword or function. */
  readonly kind: 'name' | 'word' | 'string' | 'number' | 'symbol';
  /** Without quotes and escapes. */
  readonly text: string;
}

const blank = /\s+/y;
const name = /`((?:[^`]|``)+)`|\[([^\]]+)\]/y;
const doubleQuoted = /"((?:[^"]|"")+)"/y;
/** MySQL's catalog writes a character set before its strings, and escapes the quotes of some. */
const text = /(?:_[a-z0-9]+\s*)?(\\?)'((?:[^'\\]|''|\\.)*?)\\?'(?!')/iy;
const plainText = /'((?:[^']|'')*)'/y;
const number = /\d+(?:\.\d+)?(?![\w.])/y;
const word = /[a-z_][a-z0-9_$]*/iy;
const symbol = /<=|>=|<>|!=|\|\||[=<>+\-*%(),]/y;

/** null where something is met that has no place in simple expressions. */
export function tokenize(sql: string, family: 'mysql' | 'sqlite'): Token[] | null {
  const tokens: Token[] = [];
  let at = 0;
  const next = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(sql);
    if (match) at += match[0].length;
    return match;
  };
  const push = (kind: Token['kind'], content: string) => tokens.push({ kind, text: content });
  while (at < sql.length) {
    if (next(blank)) continue;
    let match = next(name);
    if (match) {
      push('name', match[1]?.replaceAll('``', '`') ?? match[2]!);
    } else if (family === 'sqlite' && (match = next(doubleQuoted))) {
      push('name', match[1]!.replaceAll('""', '"'));
    } else if ((match = next(family === 'mysql' ? text : plainText))) {
      if (family === 'sqlite') push('string', match[1]!.replaceAll("''", "'"));
      else if (match[2]!.includes('\\')) return null;
      else push('string', match[2]!.replaceAll("''", "'"));
    } else if ((match = next(number))) {
      push('number', match[0]);
    } else if ((match = next(symbol))) {
      // In MySQL this is OR.
      if (match[0] === '||' && family === 'mysql') return null;
      push('symbol', match[0]);
    } else if ((match = next(word))) {
      const known = knownWords.has(match[0].toLowerCase());
      push('word', known ? match[0].toLowerCase() : match[0]);
    } else return null;
  }
  return tokens;
}

const knownWords = new Set(
  'and or not in is null between true false char_length character_length length abs coalesce lower upper concat'.split(
    ' ',
  ),
);
