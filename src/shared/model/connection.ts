import { z } from 'zod';
import { databaseKindSchema } from './database-kind.ts';

export const sslSchema = z.strictObject({
  /**
   * `require` encrypts without looking at the certificate; `verify-ca` checks its issuer; `verify-full` its host name too.
   * Who gives a certificate without a mode wants it to count. Without `ssl` nothing is encrypted.
   */
  mode: z.enum(['disabled', 'require', 'verify-ca', 'verify-full']).default('verify-full'),
  /** Certificates and key as base64 of the PEM text. */
  ca: z.string().optional(),
  client_cert: z.string().optional(),
  client_key: z.string().optional(),
});

/** A connection as users write it; `url` is a shorthand for the other fields. */
export const connectionInputSchema = z.strictObject({
  name: z.string().min(1).optional(),
  type: databaseKindSchema.optional(),
  host: z.string().min(1).optional(),
  port: z.int().min(1).max(65535).optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  database: z.string().min(1).optional(),
  schema: z.string().min(1).optional(),
  /** Unix socket: a directory for PostgreSQL, a file for MySQL. */
  socket: z.string().min(1).optional(),
  ssl: sslSchema.optional(),
  /** SQLite's file. */
  path: z.string().min(1).optional(),
  url: z.string().min(1).optional(),
});

export type ConnectionInput = z.infer<typeof connectionInputSchema>;

/** What a driver connects with: complete, checked, secrets resolved. Never logged, never stored. */
export type ConnectionSettings = ServerConnectionSettings | FileConnectionSettings;

export interface ServerConnectionSettings {
  readonly kind: 'postgresql' | 'mysql' | 'mariadb';
  readonly host: string;
  readonly port: number;
  readonly socket: string | null;
  readonly username: string;
  readonly password: string | null;
  readonly database: string;
  /** Default schema; null = the server's (PostgreSQL: public). */
  readonly schema: string | null;
  readonly ssl: z.infer<typeof sslSchema> | null;
}

export interface FileConnectionSettings {
  readonly kind: 'sqlite';
  /** Absolute path. */
  readonly path: string;
}
