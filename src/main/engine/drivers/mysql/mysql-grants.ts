/** Privileges of the connected user on the connection's database. */
import type { MysqlConnection } from './mysql-connection.ts';

export interface Grants {
  /** As a GRANT statement writes it, e.g. `'app'@'%'`. */
  readonly user: string;
  readonly database: string;
  /** False: roles or grants on single tables are involved, so that a privilege may be there although `has` says no. */
  readonly complete: boolean;
  has(privilege: string): boolean;
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
export function readGrants(lines: readonly string[], database: string): Pick<Grants, 'complete' | 'has'> {
  const held = new Set<string>();
  const heldEverywhere = new Set<string>();
  let complete = true;
  for (const line of lines) {
    const [, list, scope] = /^GRANT (.+?) ON (\S+|`(?:[^`]|``)*`\.\S+) TO /.exec(line) ?? [];
    if (list === undefined || scope === undefined) {
      // A role: GRANT `role`@`%` TO `user`@`%`.
      complete = false;
      continue;
    }
    if (scope !== '*.*' && !matchesDatabase(scope, database)) {
      if (!scope.endsWith('.*')) complete = false;
      continue;
    }
    for (const privilege of list.split(/,\s*(?![^(]*\))/)) {
      held.add(privilege.trim().toUpperCase());
      if (scope === '*.*') heldEverywhere.add(privilege.trim().toUpperCase());
    }
  }
  const has = (privilege: string): boolean => {
    // ALL on a database does not include what concerns the whole server.
    const set = serverPrivileges.has(privilege) ? heldEverywhere : held;
    return set.has(privilege) || set.has('ALL PRIVILEGES') || set.has('ALL');
  };
  return { complete, has };
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
