import { z } from 'zod';
import { connectionInputSchema, sslSchema } from './connection.ts';
import { databaseKinds } from './database-kind.ts';

/** A connection as it is stored and answered: complete, without secrets. Absent fields do not apply or are the server's default. */
export const savedConnectionSchema = z.strictObject({
  /** `conn_` and a KSUID. */
  id: z.string(),
  name: z.string(),
  type: z.enum(databaseKinds),
  /** Unix seconds. */
  created: z.int(),
  host: z.string().optional(),
  port: z.int().optional(),
  username: z.string().optional(),
  database: z.string().optional(),
  schema: z.string().optional(),
  socket: z.string().optional(),
  ssl: sslSchema.omit({ client_key: true }).optional(),
  /** SQLite: absolute path. */
  path: z.string().optional(),
  /** A password is kept for this connection. It is never answered. */
  hasPassword: z.boolean(),
  /** A TLS client key is kept for this connection. */
  hasClientKey: z.boolean(),
  /** The environment variable, as `${NAME}`, that holds the password when Sluice connects. */
  passwordFrom: z.string().optional(),
});

export type SavedConnection = z.output<typeof savedConnectionSchema>;

/** Body of POST and PUT. What only the server sets is accepted when it is equal, so that an answer can be sent back changed. */
export const connectionBodySchema = connectionInputSchema.extend({
  name: z.string().min(1).max(255).optional(),
  ...savedConnectionSchema
    .pick({ id: true, created: true, hasPassword: true, hasClientKey: true, passwordFrom: true })
    .partial().shape,
});

export type ConnectionBody = z.output<typeof connectionBodySchema>;
