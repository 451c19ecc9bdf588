import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import type { Driver } from '../../driver/driver.ts';
import { postgresAdministration } from './postgres-administration.ts';
import { postgresDialect } from './postgres-dialect.ts';
import { PostgresSession } from './postgres-session.ts';

export const postgresDriver: Driver = {
  kind: 'postgresql',
  family: 'postgres',
  capabilities: {
    schemas: true,
    parallelWriters: true,
    infiniteDates: true,
    notANumber: true,
    negativeZero: true,
    nulInText: false,
    zeroDates: false,
    unboundedDecimals: true,
    lateForeignKeys: true,
    unvalidatedConstraints: true,
    unenforcedChecks: false,
    transactionalDdl: true,
    years: null,
  },
  dialect: postgresDialect,
  administration: postgresAdministration,
  async connect(settings, options) {
    if (settings.kind !== 'postgresql')
      throw new SluiceError('config_invalid', `A ${settings.kind} connection was given to the PostgreSQL driver.`);
    return await PostgresSession.open(settings, options);
  },
};
