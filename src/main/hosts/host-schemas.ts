/** Schemas of what hosts are given: interfaces of the app, checked once more at the process's border. */
import { z } from 'zod';
import { sslSchema, type ConnectionSettings } from '../../shared/model/connection.ts';
import { streamOptionsSchema } from '../../shared/model/stream-config.ts';

export const connectionSettingsSchema: z.ZodType<ConnectionSettings> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.enum(['postgresql', 'mysql', 'mariadb']),
    host: z.string(),
    port: z.int(),
    socket: z.string().nullable(),
    username: z.string(),
    password: z.string().nullable(),
    database: z.string(),
    schema: z.string().nullable(),
    ssl: sslSchema.nullable(),
  }),
  z.strictObject({ kind: z.literal('sqlite'), path: z.string() }),
]);

export const streamEndsSchema = z.strictObject({
  source: connectionSettingsSchema,
  target: connectionSettingsSchema,
  options: streamOptionsSchema,
});
