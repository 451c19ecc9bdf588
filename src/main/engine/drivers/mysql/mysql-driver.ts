/** MySQL and MariaDB: one driver, two flavours. */
import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import type { Driver } from '../../driver/driver.ts';
import type { Capabilities } from '../../driver/capabilities.ts';
import { mysqlAdministration } from './mysql-administration.ts';
import { mysqlDialect } from './mysql-dialect.ts';
import type { MysqlKind } from './mysql-flavour.ts';
import { MysqlSession } from './mysql-session.ts';

const capabilities: Capabilities = {
  schemas: false,
  parallelWriters: true,
  infiniteDates: false,
  notANumber: false,
  negativeZero: true,
  nulInText: true,
  zeroDates: true,
  unboundedDecimals: false,
  lateForeignKeys: true,
  unvalidatedConstraints: false,
  unenforcedChecks: false,
  transactionalDdl: false,
  years: { first: 1, last: 9999 },
};

function driverOf(kind: MysqlKind): Driver {
  return {
    kind,
    family: 'mysql',
    capabilities: { ...capabilities, negativeZero: kind === 'mysql', unenforcedChecks: kind === 'mysql' },
    dialect: mysqlDialect(kind),
    administration: mysqlAdministration,
    async connect(settings, options) {
      if (settings.kind !== 'mysql' && settings.kind !== 'mariadb') {
        throw new SluiceError('config_invalid', `A ${settings.kind} connection was given to the ${kind} driver.`);
      }
      return MysqlSession.open(kind, settings, options);
    },
  };
}

export const mysqlDriver = driverOf('mysql');
export const mariadbDriver = driverOf('mariadb');
