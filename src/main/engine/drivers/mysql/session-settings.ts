/** Everything that a connection of ours sets, in one place, so that values mean the same on every server. */
import { isAtLeast, type MysqlServer } from './mysql-flavour.ts';

/** Largest wait_timeout that every platform takes, seconds: an idle connection of a paused copy must not be closed. */
const waitTimeout = 2_147_483;
/** A consumer that is slow must not make the server give up; a day, in seconds. */
const netTimeout = 86_400;

/** Statements that make a new connection ours. */
export function sessionSettings(server: MysqlServer, role: 'source' | 'target'): string[] {
  const settings = [
    // No NO_ZERO_*: zero dates are decided by the rule `zeroDate`, not by the server. NO_AUTO_VALUE_ON_ZERO: without it an
    // id of 0 becomes 1, and the real 1 is then a duplicate.
    "sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION'",
    "time_zone = '+00:00'",
    `net_read_timeout = ${netTimeout}`,
    `net_write_timeout = ${netTimeout}`,
    `wait_timeout = ${waitTimeout}`,
    'autocommit = 1',
    'sql_safe_updates = 0',
    'sql_select_limit = DEFAULT',
    'sql_auto_is_null = 0',
    'foreign_key_checks = 1',
    'unique_checks = 1',
    server.kind === 'mariadb' ? 'max_statement_time = 0' : 'max_execution_time = 0',
    // Otherwise AUTO_INCREMENT and row estimates may be a day old.
    ...(isAtLeast(server, 'mysql', 80000) ? ['information_schema_stats_expiry = 0'] : []),
    // The ledger tells the truth only if its entries roll back with the rows.
    ...(role === 'target' ? ['default_storage_engine = InnoDB'] : []),
  ];
  return [
    'SET NAMES utf8mb4',
    `SET ${settings.map((setting) => `SESSION ${setting}`).join(', ')}`,
    // The level at which a snapshot transaction is one.
    'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
    // Statements of a source session cannot write, whatever they are.
    ...(role === 'source' ? ['SET SESSION TRANSACTION READ ONLY'] : []),
  ];
}
