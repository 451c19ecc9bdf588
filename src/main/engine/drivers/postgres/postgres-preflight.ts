/** What a run would trip over on this server, beyond the chosen tables. */
import type { ServerConnectionSettings } from '../../../../shared/model/connection.ts';
import type { Finding } from '../../../../shared/model/finding.ts';
import { ownRelation, schemasSql } from './postgres-catalog-sql.ts';
import type { PostgresConnection, TextRow } from './postgres-connection.ts';
import { quoteName, tableLabel } from './postgres-names.ts';

export async function postgresPreflight(
  connection: PostgresConnection,
  settings: ServerConnectionSettings,
  role: 'source' | 'target',
): Promise<Finding[]> {
  const schema = settings.schema ?? 'public';
  return role === 'source'
    ? [
        ...(settings.schema === null ? [] : await missingSchema(connection, settings.schema)),
        ...(await sourceFindings(connection, settings.username, schema)),
      ]
    : await targetFindings(connection, settings.username, schema);
}

/** Without it the tables of all other schemas would be copied, under other names. */
async function missingSchema(connection: PostgresConnection, schema: string): Promise<Finding[]> {
  const schemas = (await connection.rows(schemasSql)).map(([name]) => name!);
  if (schemas.includes(schema)) return [];
  const message = `The source has no schema "${schema}", which its connection names; it has ${schemas.join(', ')}.`;
  return [{ severity: 'error', code: 'table_missing', message }];
}

async function sourceFindings(connection: PostgresConnection, user: string, schema: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  const [facts] = await connection.rows(
    `SELECT current_setting('server_encoding'), pg_is_in_recovery(), current_setting('hot_standby_feedback')`,
  );
  const [encoding, standby, feedback] = facts!;
  if (encoding === 'SQL_ASCII') {
    findings.push({
      severity: 'warning',
      code: 'unknown_encoding',
      message:
        'The database has the encoding SQL_ASCII: its text may be of any encoding. Text that is not UTF-8 will be refused by the target.',
    });
  }
  if (standby === 't' && feedback === 'off') {
    findings.push({
      severity: 'warning',
      code: 'standby_conflicts',
      message: 'The source is a standby that may cancel long reads when its primary removes old rows.',
      statement: 'ALTER SYSTEM SET hot_standby_feedback = on; SELECT pg_reload_conf()',
    });
  }
  for (const row of await connection.rows(unreadableSql)) findings.push(unreadableFinding(row, user, schema));
  for (const row of await connection.rows(rowSecuritySql)) findings.push(rowSecurityFinding(row, user, schema));
  return findings;
}

/** Any column is enough: a run may ask for no other. */
const unreadableSql = `SELECT n.nspname, c.relname, has_schema_privilege(n.oid, 'USAGE') FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't' AND ${ownRelation}
    AND NOT (has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT'))
  ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`;

function unreadableFinding([schema, name, mayUse]: TextRow, user: string, defaultSchema: string): Finding {
  const table = tableLabel({ schema: schema!, name: name! }, defaultSchema);
  const select = `GRANT SELECT ON ${quoteName(schema!)}.${quoteName(name!)} TO ${quoteName(user)}`;
  const use = `GRANT USAGE ON SCHEMA ${quoteName(schema!)} TO ${quoteName(user)}`;
  return {
    severity: 'error',
    code: 'select_denied',
    message: `User "${user}" may not read table "${table}".`,
    table,
    statement: mayUse === 't' ? select : `${use}; ${select}`,
  };
}

/** row_security_active also knows superusers, owners and BYPASSRLS. */
const rowSecuritySql = `SELECT n.nspname, c.relname FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND c.relrowsecurity AND NOT c.relispartition AND row_security_active(c.oid)
  ORDER BY 1, 2`;

function rowSecurityFinding([schema, name]: TextRow, user: string, defaultSchema: string): Finding {
  const table = tableLabel({ schema: schema!, name: name! }, defaultSchema);
  return {
    severity: 'warning',
    code: 'row_security',
    message: `Row level security hides rows of ${table} from user "${user}": reading it will fail instead of leaving rows out.`,
    table,
    statement: `ALTER ROLE ${quoteName(user)} BYPASSRLS`,
  };
}

async function targetFindings(connection: PostgresConnection, user: string, schema: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  const [facts] = await connection.rows(
    `SELECT pg_is_in_recovery(), current_database(), has_database_privilege(current_database(), 'CREATE'),
      n.oid IS NOT NULL, n.oid IS NOT NULL AND has_schema_privilege(n.oid, 'CREATE'),
      current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit')
    FROM (SELECT) one LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = $1`,
    [schema],
  );
  const [standby, database, mayCreateSchemas, schemaExists, mayCreate, fsync, fullPages, commit] = facts!;
  const error = (code: string, message: string, statement: string) =>
    findings.push({ severity: 'error', code, message, statement });
  if (standby === 't') {
    error(
      'target_read_only',
      'The target is a standby and takes no writes. Connect to its primary, or promote it.',
      'SELECT pg_promote()',
    );
  }
  if (schemaExists === 't' && mayCreate === 'f') {
    error(
      'create_denied',
      `User "${user}" may not create tables in schema "${schema}".`,
      `GRANT CREATE ON SCHEMA ${quoteName(schema)} TO ${quoteName(user)}`,
    );
  }
  if (mayCreateSchemas === 'f') {
    const statement = `GRANT CREATE ON DATABASE ${quoteName(database!)} TO ${quoteName(user)}`;
    const message = `User "${user}" may not create schemas or extensions in database "${database}".`;
    if (schemaExists === 'f') error('create_denied', `Schema "${schema}" does not exist. ${message}`, statement);
    else findings.push({ severity: 'info', code: 'schema_create_denied', message, statement });
  }
  const weak = [
    ...(fsync === 'off' ? ['fsync'] : []),
    ...(fullPages === 'off' ? ['full_page_writes'] : []),
    ...(commit === 'off' ? ['synchronous_commit'] : []),
  ];
  for (const setting of weak) {
    findings.push({
      severity: 'info',
      code: 'weak_durability',
      message: `The target runs with ${setting} = off: rows that it reported as committed can be lost in a crash.`,
      statement: `ALTER SYSTEM SET ${setting} = on; SELECT pg_reload_conf()`,
    });
  }
  return findings;
}
