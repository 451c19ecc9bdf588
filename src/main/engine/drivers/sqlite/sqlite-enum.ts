/** Enums, which SQLite has no type for: ENUM_TEXT and a CHECK that lists the labels. */
import type { NeutralType } from '../../model/neutral-type.ts';
import type { CheckSchema } from '../../model/table-schema.ts';
import { quoteName, quoteText } from './sqlite-names.ts';
import { nameOf, tokenizeSql } from '../../sql/sql-tokens.ts';
import { sqliteLexis } from './sqlite-lexis.ts';

type EnumType = Extract<NeutralType, { kind: 'enum' }>;

/** CHECK of an enum column; named after the enum's type where it has one. */
export function enumCheck(column: string, type: EnumType): string {
  const name = type.name === null ? '' : `CONSTRAINT ${quoteName(type.name)} `;
  return `${name}CHECK (${quoteName(column)} IN (${type.labels.map(quoteText).join(', ')}))`;
}

/** The enum that a check of this form stands for; null for any other check. */
export function enumOf(check: CheckSchema, column: string): EnumType | null {
  const tokens = tokenizeSql(check.sql, sqliteLexis);
  const [name, word, open] = tokens;
  if (!name || nameOf(name).toLowerCase() !== column.toLowerCase() || word?.value !== 'IN' || open?.text !== '(')
    return null;
  const list = tokens.slice(3, -1);
  if (tokens.at(-1)?.text !== ')' || list.length % 2 === 0) return null;
  const isList = list.every((token, place) => (place % 2 === 0 ? token.kind === 'string' : token.text === ','));
  return isList
    ? { kind: 'enum', labels: list.filter((_, place) => place % 2 === 0).map(({ value }) => value), name: check.name }
    : null;
}
