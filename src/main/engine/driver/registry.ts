import type { DatabaseKind } from '../../../shared/model/database-kind.ts';
import type { Driver } from './driver.ts';

/** Drivers are loaded when first used: a run between two SQLite files never loads a server's client. */
const loaders: Record<DatabaseKind, () => Promise<Driver>> = {
  postgresql: async () => (await import('../drivers/postgres/postgres-driver.ts')).postgresDriver,
  mysql: async () => (await import('../drivers/mysql/mysql-driver.ts')).mysqlDriver,
  mariadb: async () => (await import('../drivers/mysql/mysql-driver.ts')).mariadbDriver,
  sqlite: async () => (await import('../drivers/sqlite/sqlite-driver.ts')).sqliteDriver,
};

export function loadDriver(kind: DatabaseKind): Promise<Driver> {
  return loaders[kind]();
}
