/** Privileges of the connected user on the connection's database and on tables of it. */
import type { MysqlConnection } from './mysql-connection.ts';

export interface Grants {
  /** As a GRANT statement writes it, e.g. `'app'@'%'`. */
  readonly user: string;
  readonly database: string;
  /** False: roles are involved, so that a privilege may be there although `has` says no. */
  readonly complete: boolean;
  /** True: some privileges are on single tables. */
  readonly onTables: boolean;
  /** On the whole database, or, if `table` is given, on this one. */
  has(privilege: string, table?: string): boolean;
}

export async function grantsOf(connection: MysqlConnection): Promise<Grants> {
  const [[account, database]] = (await connection.rows('SELECT CURRENT_USER(), DATABASE()')) as [[string, string]];
  const at = account.lastIndexOf('@');
  const quote = (part: string) => `'${part.replaceAll("'", "''")}'`;
  const rows = await connection.rows('SHOW GRANTS');
  return {
    user: `${quote(account.slice(0, at))}@${quote(account.slice(at + 1))}`,
    database,
    ...readGrants(
      rows.map(([text]) => text!),
      database,
    ),
  };
}

/** Lines of SHOW GRANTS. Pure. */
export function readGrants(lines: readonly string[], database: string): Pick<Grants, 'complete' | 'onTables' | 'has'> {
  const held = new Set<string>();
  const heldEverywhere = new Set<string>();
  const heldOnTables = new Map<string, Set<string>>();
  let complete = true;
  for (const line of lines) {
    const [, list, scope] = /^GRANT (.+?) ON (\*\.\*|`(?:[^`]|``)*`\.(?:\*|`(?:[^`]|``)*`)) TO /.exec(line) ?? [];
    if (list === undefined || scope === undefined) {
      // A role (GRANT `role`@`%` TO `user`@`%`) or REVOKE; grants ON routines and PROXY say nothing of tables.
      if (!/^GRANT .+ ON (PROCEDURE|FUNCTION|PACKAGE|''@|`)/.test(line)) complete = false;
      continue;
    }
    const privileges = list.split(/,\s*(?![^(]*\))/).map((privilege) => privilege.trim().toUpperCase());
    const table = tableIn(scope, database);
    const sets =
      scope === '*.*'
        ? [held, heldEverywhere]
        : table !== null
          ? [heldOnTables.get(table) ?? heldOnTables.set(table, new Set()).get(table)!]
          : matchesDatabase(scope, database)
            ? [held]
            : [];
    for (const set of sets) for (const privilege of privileges) set.add(privilege);
  }
  const isIn = (set: ReadonlySet<string> | undefined, privilege: string): boolean =>
    set !== undefined && (set.has(privilege) || set.has('ALL PRIVILEGES') || set.has('ALL'));
  const has = (privilege: string, table?: string): boolean =>
    // ALL on a database does not include what concerns the whole server.
    isIn(serverPrivileges.has(privilege) ? heldEverywhere : held, privilege) ||
    (table !== undefined && isIn(heldOnTables.get(table), privilege));
  return { complete, onTables: heldOnTables.size > 0, has };
}

/** The table of scope `` `shop`.`item` `` if it is one of the database; null otherwise. */
function tableIn(scope: string, database: string): string | null {
  const [, schema, table] = /^`((?:[^`]|``)*)`\.`((?:[^`]|``)*)`$/.exec(scope) ?? [];
  return table !== undefined && schema!.replaceAll('``', '`').toLowerCase() === database.toLowerCase()
    ? table.replaceAll('``', '`')
    : null;
}

const serverPrivileges = new Set(['RELOAD', 'SUPER', 'CONNECTION_ADMIN', 'READ_ONLY ADMIN']);

/** Scope `` `shop\_%`.* ``: the database part is a LIKE pattern. */
function matchesDatabase(scope: string, database: string): boolean {
  const [, pattern] = /^`((?:[^`]|``)*)`\.\*$/.exec(scope) ?? [];
  if (pattern === undefined) return false;
  const source = pattern
    .replaceAll('``', '`')
    .replace(/\\?[\s\S]/g, (part) =>
      part === '%' ? '.*' : part === '_' ? '.' : part.replace(/^\\/, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    );
  return new RegExp(`^${source}$`, 'si').test(database);
}
