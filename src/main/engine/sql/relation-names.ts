/** Where a query names tables and views: found by the grammar that the databases share, without parsing the rest. Pure. */
import type { SqlLexis } from './sql-lexis.ts';
import { nameOf, tokenizeSql, type Token } from './sql-tokens.ts';

export interface RelationReference {
  /** As written; null: none. */
  readonly schema: string | null;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly hasAlias: boolean;
}

/** What is known inside one pair of parentheses. */
interface Scope {
  hasSelect: boolean;
  inFrom: boolean;
  /** The next name is a relation. */
  expects: boolean;
}

const endsFrom = new Set('WHERE GROUP ORDER HAVING LIMIT UNION EXCEPT INTERSECT WINDOW FETCH OFFSET FOR'.split(' '));
/** Words that may follow a relation and are no alias of it. */
const followers = new Set([
  ...endsFrom,
  ...'JOIN INNER LEFT RIGHT FULL CROSS NATURAL ON USING STRAIGHT_JOIN TABLESAMPLE USE FORCE IGNORE INDEXED NOT'.split(
    ' ',
  ),
]);

/** In the order of the text. Names of WITH queries are not among them. */
export function relationReferences(sql: string, lexis: SqlLexis): RelationReference[] {
  const tokens = tokenizeSql(sql, lexis);
  const own = withNames(tokens);
  const found: RelationReference[] = [];
  const scopes: Scope[] = [{ hasSelect: false, inFrom: false, expects: false }];
  for (let at = 0; at < tokens.length; at++) {
    const scope = scopes.at(-1)!;
    const token = tokens[at]!;
    if (token.text === '(' && token.kind === 'symbol') {
      scopes.push({ hasSelect: false, inFrom: scope.expects, expects: scope.expects });
      scope.expects = false;
    } else if (token.text === ')' && token.kind === 'symbol') {
      if (scopes.length > 1) scopes.pop();
    } else if (token.text === ',' && token.kind === 'symbol') {
      scope.expects = scope.inFrom;
    } else if (scope.expects && isName(token) && !(token.kind === 'word' && skipped.has(token.value))) {
      if (token.kind === 'word' && token.value === 'SELECT') {
        Object.assign(scope, { hasSelect: true, inFrom: false, expects: false });
        continue;
      }
      const reference = referenceAt(tokens, at);
      at = reference.last;
      scope.expects = false;
      if (reference.relation && !(reference.relation.schema === null && own.has(reference.relation.name.toLowerCase())))
        found.push(reference.relation);
    } else if (token.kind === 'word') {
      enterClause(scope, token.value, tokens[at - 1]);
    }
  }
  return found;
}

const skipped = new Set(['ONLY', 'LATERAL']);

const isName = ({ kind }: Token) => kind === 'word' || kind === 'name';

function enterClause(scope: Scope, word: string, before: Token | undefined): void {
  if (word === 'SELECT') Object.assign(scope, { hasSelect: true, inFrom: false });
  // Not those of extract(year FROM x) and IS DISTINCT FROM.
  else if (word === 'FROM') {
    if (scope.hasSelect && before?.value !== 'DISTINCT') Object.assign(scope, { inFrom: true, expects: true });
  } else if (word === 'JOIN' || word === 'STRAIGHT_JOIN') scope.expects = scope.inFrom;
  else if (endsFrom.has(word)) scope.inFrom = false;
}

/** The qualified name that begins at `at`, and whether it has an alias. `relation` null: a call of a function. */
function referenceAt(tokens: readonly Token[], at: number): { relation: RelationReference | null; last: number } {
  const parts = [tokens[at]!];
  let last = at;
  while (tokens[last + 1]?.text === '.' && tokens[last + 2] && isName(tokens[last + 2]!)) {
    parts.push(tokens[last + 2]!);
    last += 2;
  }
  const next = tokens[last + 1];
  if (next?.text === '(' && next.kind === 'symbol') return { relation: null, last };
  const hasAlias = next !== undefined && isName(next) && !(next.kind === 'word' && followers.has(next.value));
  return {
    relation: {
      schema: parts.length > 1 ? nameOf(parts.at(-2)!) : null,
      name: nameOf(parts.at(-1)!),
      start: parts[0]!.start,
      end: parts.at(-1)!.end,
      hasAlias,
    },
    last,
  };
}

/** Names that the query itself declares: `WITH a AS (...), b (c, d) AS (...)`, in lower case. */
function withNames(tokens: readonly Token[]): Set<string> {
  const names = new Set<string>();
  for (const [at, token] of tokens.entries()) {
    if (!(token.kind === 'word' && token.value === 'AS')) continue;
    const opens = tokens[at + 1]?.value === 'NOT' ? at + 3 : tokens[at + 1]?.value === 'MATERIALIZED' ? at + 2 : at + 1;
    if (tokens[opens]?.text !== '(') continue;
    let before = at - 1;
    if (tokens[before]?.text === ')') {
      while (before > 0 && tokens[before]?.text !== '(') before--;
      before--;
    }
    const declared = tokens[before];
    if (declared && isName(declared)) names.add(nameOf(declared).toLowerCase());
  }
  return names;
}

/** `sql` with the references that `rename` answers for replaced; where one had no alias, its old name becomes that. */
export function renameRelations(
  sql: string,
  lexis: SqlLexis,
  rename: (reference: RelationReference) => string | null,
  quoteName: (name: string) => string,
): string {
  let result = '';
  let copied = 0;
  for (const reference of relationReferences(sql, lexis)) {
    const renamed = rename(reference);
    if (renamed === null) continue;
    const alias = reference.hasAlias ? '' : ` ${quoteName(reference.name)}`;
    result += sql.slice(copied, reference.start) + renamed + alias;
    copied = reference.end;
  }
  return result + sql.slice(copied);
}
