import { SluiceError } from '../../../../shared/errors/sluice-error.ts';
import type { Administration } from '../../driver/administration.ts';

const refuse = (what: string) => () =>
  Promise.reject(new SluiceError('config_invalid', `SQLite has no ${what} to create: a connection names a file.`));

export const sqliteAdministration: Administration = {
  commonDatabase: null,
  databases: () => Promise.resolve(['main']),
  createDatabase: refuse('databases'),
  createSchema: refuse('schemas'),
  // The file's locks go with the process.
  endRun: () => Promise.resolve(0),
};
