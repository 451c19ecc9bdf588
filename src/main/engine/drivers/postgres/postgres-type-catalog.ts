/** The types of one database by oid: what columns of them are, and what must exist before such a column can. */
import type { PostgresConnection } from './postgres-connection.ts';
import { domainChecksSql, typesSql } from './postgres-catalog-sql.ts';
import { enumStatement } from './postgres-ddl.ts';
import { readCollations, type OwnCollation } from './postgres-collations.ts';
import type { NeutralType } from '../../model/neutral-type.ts';
import type { ExtensionNeed } from '../../model/table-schema.ts';
import { quoteName } from './postgres-names.ts';
import { neutralType, type PostgresType } from './postgres-types.ts';

interface DomainCheck {
  readonly name: string;
  readonly sql: string;
  readonly validated: boolean;
}

interface TypeRow {
  readonly name: string;
  readonly builtIn: boolean;
  readonly kind: string;
  /** '0' where not a domain. */
  readonly base: string;
  readonly modifier: number;
  readonly baseDisplay: string;
  readonly notNull: boolean;
  readonly collation: string;
  readonly default: string | null;
  /** '0' where not an array. */
  readonly element: string;
  readonly labels: readonly string[];
  readonly extension: ExtensionNeed | null;
  readonly display: string;
  /** Attributes of a composite, the subtype of a range. */
  readonly members: readonly { readonly type: string; readonly sql: string }[];
  readonly checks: DomainCheck[];
}

/** A column's type with what its domains add. */
export interface ResolvedType {
  /** Domains followed to their base. */
  readonly type: PostgresType;
  /** The type's own collation (oid). */
  readonly collation: string;
  readonly notNull: boolean;
  readonly default: string | null;
  /** Conditions over the word VALUE. */
  readonly checks: readonly DomainCheck[];
}

export interface Prerequisites {
  /** Those first on which others rest. */
  readonly statements: string[];
  readonly extensions: ExtensionNeed[];
}

export class TypeCatalog {
  readonly #types: ReadonlyMap<string, TypeRow>;
  readonly #collations: ReadonlyMap<string, OwnCollation>;
  /** By what `neutral` was asked for: columns of thousands of tables share a few types. */
  readonly #neutral = new Map<string, NeutralType>();

  private constructor(types: ReadonlyMap<string, TypeRow>, collations: ReadonlyMap<string, OwnCollation>) {
    this.#types = types;
    this.#collations = collations;
  }

  static async load(connection: PostgresConnection): Promise<TypeCatalog> {
    const types = new Map<string, TypeRow>();
    for (const row of await connection.rows(typesSql)) {
      types.set(row[0]!, {
        name: row[1]!,
        builtIn: row[2] === 't',
        kind: row[3]!,
        base: row[4]!,
        modifier: Number(row[5]),
        baseDisplay: row[6] ?? '',
        notNull: row[7] === 't',
        collation: row[8]!,
        default: row[9]!,
        element: row[10]!,
        labels: row[11] ? (JSON.parse(row[11]) as string[]) : [],
        extension: row[12] === null ? null : { name: row[12]!, schema: row[13]! },
        display: row[14]!,
        members: row[15] ? (JSON.parse(row[15]) as TypeRow['members']) : [],
        checks: [],
      });
    }
    for (const [type, name, sql, validated] of await connection.rows(domainChecksSql))
      types.get(type!)?.checks.push({ name: name!, sql: sql!, validated: validated === 't' });
    return new TypeCatalog(types, await readCollations(connection));
  }

  /** `display`: what format_type prints for the oid and the modifier. */
  resolve(oid: string, modifier: number, display: string): ResolvedType {
    const row = this.#types.get(oid);
    if (!row) {
      const unknown = { name: display, display, kind: 'b', modifier, builtIn: false, labels: [], element: null };
      return { type: unknown, collation: '0', notNull: false, default: null, checks: [] };
    }
    if (row.kind === 'd') {
      const base = this.resolve(row.base, row.modifier, row.baseDisplay);
      return {
        ...base,
        notNull: row.notNull || base.notNull,
        default: row.default ?? base.default,
        checks: [...row.checks, ...base.checks],
      };
    }
    const element = row.element === '0' ? null : this.resolve(row.element, modifier, display.replace(/\[\]$/, '')).type;
    const type: PostgresType = {
      name: row.name,
      display,
      kind: row.kind,
      modifier,
      builtIn: row.builtIn,
      labels: row.labels,
      element,
    };
    return { type, collation: row.collation, notNull: false, default: null, checks: [] };
  }

  /** What a column of this type needs. */
  prerequisites(oid: string, found: Prerequisites = { statements: [], extensions: [] }): Prerequisites {
    const row = this.#types.get(oid);
    if (!row) return found;
    if (row.extension) found.extensions.push(row.extension);
    else if (row.element !== '0') this.prerequisites(row.element, found);
    else if (!row.builtIn) this.#ownPrerequisites(row, found);
    return found;
  }

  #ownPrerequisites(row: TypeRow, found: Prerequisites): void {
    if (row.kind === 'e') add(found.statements, enumStatement(row.display, row.labels));
    if (row.kind === 'd') {
      this.prerequisites(row.base, found);
      const collation = this.#collations.get(row.collation);
      if (collation) add(found.statements, collation.statement);
      // Rows may break one that was not validated: it is left to be added by hand.
      const valid = row.checks.filter(({ validated }) => validated);
      const checks = valid.map((check) => ` CONSTRAINT ${quoteName(check.name)} CHECK (${check.sql})`).join('');
      const rest = `${row.default === null ? '' : ` DEFAULT ${row.default}`}${row.notNull ? ' NOT NULL' : ''}${checks}`;
      const collated = collation ? ` COLLATE ${collation.name}` : '';
      add(found.statements, `CREATE DOMAIN ${row.display} AS ${row.baseDisplay}${collated}${rest}`);
    }
    if (row.kind !== 'c' && row.kind !== 'r') return;
    for (const member of row.members) this.prerequisites(member.type, found);
    const body = row.members.map((member) => member.sql).join(', ');
    add(found.statements, `CREATE TYPE ${row.display} AS ${row.kind === 'r' ? 'RANGE ' : ''}(${body})`);
  }

  /** `collation`: the column's, by oid. */
  neutral(oid: string, modifier: number, display: string, collation: string): NeutralType {
    const key = `${oid} ${modifier} ${collation} ${display}`;
    const known = this.#neutral.get(key);
    if (known) return known;
    const type = neutralType(this.resolve(oid, modifier, display).type);
    const isLoose = this.#collations.get(collation)?.isDeterministic === false;
    const found: NeutralType = type.kind === 'text' && isLoose ? { ...type, ignoresCase: true } : type;
    this.#neutral.set(key, found);
    return found;
  }

  /** The statement that makes a collation of the user's own. */
  collationStatement(oid: string): string[] {
    const collation = this.#collations.get(oid);
    return collation ? [collation.statement] : [];
  }
}

function add(found: string[], statement: string): void {
  if (!found.includes(statement)) found.push(statement);
}
