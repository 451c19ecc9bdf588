import { z } from 'zod';

/** The databases that Sluice moves between. MySQL and MariaDB share one driver and are two kinds. */
export const databaseKinds = ['postgresql', 'mysql', 'mariadb', 'sqlite'] as const;

export type DatabaseKind = (typeof databaseKinds)[number];

/** A kind as users write it: any letter case. */
export const databaseKindSchema = z
  .string()
  .transform((text) => text.toLowerCase())
  .pipe(z.enum(databaseKinds));

/** How a kind is written on screens and in messages. */
export const databaseTitles: Record<DatabaseKind, string> = {
  postgresql: 'PostgreSQL',
  mysql: 'MySQL',
  mariadb: 'MariaDB',
  sqlite: 'SQLite',
};
