/** What users were granted on the database and on what is in it, as far as this user may see it. */
import type { SchemaObject } from '../../model/table-schema.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import { isOwnTable, quoteName } from './mysql-names.ts';

interface Grant {
  /** As information_schema writes it: quotes within are not doubled. A role of MariaDB has no host. */
  readonly grantee: string;
  readonly privilege: string;
  readonly isGrantable: boolean;
  /** null: the whole database. */
  readonly table: string | null;
  /** What a statement grants it on: without the database, which the target's is not. */
  readonly on: string;
}

/** Rows: grantee, privilege, grantable, table, column. Users without privileges on the server's own tables see their own only. */
const grantsSql = `SELECT GRANTEE, PRIVILEGE_TYPE, IS_GRANTABLE, NULL, NULL FROM information_schema.SCHEMA_PRIVILEGES
    WHERE DATABASE() LIKE TABLE_SCHEMA
  UNION ALL SELECT GRANTEE, PRIVILEGE_TYPE, IS_GRANTABLE, TABLE_NAME, NULL FROM information_schema.TABLE_PRIVILEGES
    WHERE TABLE_SCHEMA = DATABASE()
  UNION ALL SELECT GRANTEE, PRIVILEGE_TYPE, IS_GRANTABLE, TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMN_PRIVILEGES
    WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1, 4, 2, 5`;
const routinesSql = `SELECT CONCAT('''', User, '''@''', Host, ''''), Proc_priv, Routine_type, Routine_name FROM mysql.procs_priv
  WHERE Db = DATABASE() ORDER BY 1, 4`;

export async function givenGrants(connection: MysqlConnection): Promise<SchemaObject[]> {
  const grants = (await connection.rows(grantsSql))
    .filter(([, privilege, , table]) => privilege !== 'USAGE' && !isOwnTable(table ?? ''))
    .map(([grantee, privilege, grantable, table, column]): Grant => ({
      grantee: grantee!,
      privilege: column === null ? privilege! : `${privilege} (${quoteName(column!)})`,
      isGrantable: grantable === 'YES',
      table: table ?? null,
      on: table === null ? '*' : quoteName(table!),
    }));
  // Who may not read the server's own tables is not told.
  const ofRoutines = (await connection.rows(routinesSql).catch(() => [])).map(
    ([grantee, privileges, type, name]): Grant => {
      const all = privileges!.toUpperCase().split(',');
      const privilege = all.filter((each) => each !== 'GRANT').join(', ');
      const on = `${type} ${quoteName(name!)}`;
      return { grantee: grantee!, privilege, isGrantable: all.includes('GRANT'), table: null, on };
    },
  );
  const alike = Map.groupBy([...grants, ...ofRoutines], ({ grantee, on, isGrantable }) =>
    JSON.stringify([grantee, on, isGrantable]),
  );
  return [...alike.values()].map((group) => {
    const { grantee, on, table, isGrantable } = group[0]!;
    const privileges = group.map(({ privilege }) => privilege).join(', ');
    return {
      kind: 'grant',
      name: { schema: null, name: `${grantee.slice(1, -1).replace("'@'", '@').replace(/@$/, '')}` },
      table: table === null ? null : { schema: null, name: table },
      definition: `GRANT ${privileges} ON ${on} TO ${quoted(grantee)}${isGrantable ? ' WITH GRANT OPTION' : ''}`,
    };
  });
}

/** `'o'x'@'host'` => `'o''x'@'host'`. */
function quoted(grantee: string): string {
  const at = grantee.lastIndexOf("'@'");
  const quote = (part: string) => `'${part.replaceAll("'", "''")}'`;
  const [user, host] = [grantee.slice(1, at), grantee.slice(at + 3, -1)];
  return host === '' ? quote(user) : `${quote(user)}@${quote(host)}`;
}
