/** What a run would trip over at this end. Reads, never changes. */
import type { Finding } from '../../../../shared/model/finding.ts';
import { grantsOf, type Grants } from './mysql-grants.ts';
import type { MysqlConnection } from './mysql-connection.ts';
import { ledgerTables } from '../../driver/ledger-tables.ts';
import { quoteName } from './mysql-names.ts';

export async function preflight(connection: MysqlConnection, role: 'source' | 'target'): Promise<Finding[]> {
  const grants = await grantsOf(connection);
  return role === 'source' ? sourceFindings(connection, grants) : targetFindings(connection, grants);
}

async function sourceFindings(connection: MysqlConnection, grants: Grants): Promise<Finding[]> {
  const variables = await variablesOf(connection);
  const readsItsPosition = connection.server.kind === 'mariadb' && variables.get('log_bin') === 'ON';
  if (readsItsPosition || !grants.complete || grants.has('RELOAD') || grants.has('LOCK TABLES')) return [];
  return [
    {
      severity: 'info',
      code: 'snapshot_single_reader',
      message: `User ${grants.user} may lock no tables: the source is read by one connection, which alone sees one moment in time.`,
      statement: `GRANT RELOAD ON *.* TO ${grants.user}`,
    },
  ];
}

async function targetFindings(connection: MysqlConnection, grants: Grants): Promise<Finding[]> {
  const variables = await variablesOf(connection);
  const isOn = (name: string) => ['ON', '1'].includes(variables.get(name) ?? '');
  const findings: Finding[] = [];
  const mayWriteAnyway = grants.has('SUPER') || grants.has('CONNECTION_ADMIN') || grants.has('READ_ONLY ADMIN');
  if (isOn('super_read_only') || (isOn('read_only') && grants.complete && !mayWriteAnyway)) {
    findings.push({
      severity: 'error',
      code: 'target_read_only',
      message: 'The target server is read-only.',
      statement: isOn('super_read_only') ? 'SET GLOBAL super_read_only = OFF' : 'SET GLOBAL read_only = OFF',
    });
  }
  if (grants.complete) findings.push(...missingPrivileges(grants));
  if (!isOn('local_infile')) {
    const limit = Math.floor(Number(variables.get('max_allowed_packet')) / 1024 ** 2);
    findings.push({
      severity: 'info',
      code: 'local_infile_off',
      message: `The target forbids LOAD DATA LOCAL: rows are inserted by INSERT statements, which is slower, and a row larger than ${limit} MB is refused.`,
      statement: 'SET GLOBAL local_infile = ON',
    });
  }
  if (isOn('sql_require_primary_key')) {
    findings.push({
      severity: 'info',
      code: 'primary_key_required',
      message: 'The target refuses tables without a primary key (sql_require_primary_key).',
      statement: 'SET GLOBAL sql_require_primary_key = OFF',
    });
  }
  if (isOn('sql_generate_invisible_primary_key')) {
    findings.push({
      severity: 'warning',
      code: 'primary_key_added',
      message: 'The target adds an invisible column my_row_id to tables without a primary key.',
      statement: 'SET GLOBAL sql_generate_invisible_primary_key = OFF',
    });
  }
  if ((variables.get('innodb_flush_log_at_trx_commit') ?? '1') !== '1') {
    findings.push({
      severity: 'info',
      code: 'weak_durability',
      message:
        'The target may lose the last second of committed rows in a crash (innodb_flush_log_at_trx_commit is not 1).',
      statement: 'SET GLOBAL innodb_flush_log_at_trx_commit = 1',
    });
  }
  if (connection.server.kind === 'mysql' && connection.server.versionNumber < 80016) {
    findings.push({
      severity: 'warning',
      code: 'old_server',
      message: `MySQL ${connection.server.version} has no CHECK constraints and, before 8.0.13, no expressions as defaults: they are left out.`,
    });
  }
  return findings;
}

function missingPrivileges(grants: Grants): Finding[] {
  const finding = (severity: Finding['severity'], names: readonly string[], use: string): Finding[] => {
    const missing = names.filter((name) => !grants.has(name));
    if (missing.length === 0) return [];
    return [
      {
        severity,
        code: 'privilege_missing',
        message: `User ${grants.user} lacks ${missing.join(', ')} on database "${grants.database}": ${use}.`,
        statement: `GRANT ${missing.join(', ')} ON ${quoteName(grants.database)}.* TO ${grants.user}`,
      },
    ];
  };
  const toCopy = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'DROP'];
  // Whoever has privileges on tables one by one needs them on the run's own, too; which others it writes to is not known here.
  if (grants.onTables) return ledgerPrivileges(grants, toCopy);
  return [
    ...finding(
      'error',
      toCopy,
      'a copy writes rows, and keeps a record of them in tables of its own as long as it runs',
    ),
    ...finding('warning', ['ALTER', 'INDEX', 'REFERENCES'], 'indexes or foreign keys cannot be created'),
  ];
}

function ledgerPrivileges(grants: Grants, names: readonly string[]): Finding[] {
  const lacking = ledgerTables.filter((table) => names.some((name) => !grants.has(name, table)));
  if (lacking.length === 0) return [];
  const list = names.join(', ');
  return [
    {
      severity: 'error',
      code: 'privilege_missing',
      message: `User ${grants.user} lacks ${list} on ${lacking.join(' and ')} in database "${grants.database}": a copy keeps a record of itself in these tables as long as it runs.`,
      statement: lacking
        .map((table) => `GRANT ${list} ON ${quoteName(grants.database)}.${quoteName(table)} TO ${grants.user}`)
        .join('; '),
    },
  ];
}

async function variablesOf(connection: MysqlConnection): Promise<Map<string, string>> {
  const names = [
    'log_bin',
    'read_only',
    'super_read_only',
    'local_infile',
    'max_allowed_packet',
    'sql_require_primary_key',
    'sql_generate_invisible_primary_key',
    'innodb_flush_log_at_trx_commit',
  ];
  const rows = await connection.rows(
    `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names.map((name) => `'${name}'`).join(', ')})`,
  );
  return new Map(rows.map(([name, value]) => [name!.toLowerCase(), value ?? '']));
}
