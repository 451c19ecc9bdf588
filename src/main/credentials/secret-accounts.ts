/** Under which names secrets are kept. All of Sluice's have the service name `sluice`. */
import { createHash } from 'node:crypto';

export const keychainService = 'sluice';

export const secretFields = ['password', 'client_key'] as const;
export type SecretField = (typeof secretFields)[number];

/** `conn_2abc...`, `password` => `conn_2abc.../password`. */
export const connectionAccount = (connectionId: string, field: SecretField) => `${connectionId}/${field}`;

/** One key for each data directory, since two of them may be served at once. `directory`: its absolute path. */
export function apiKeyAccount(directory: string): string {
  return `api-key/${createHash('sha256').update(directory).digest('hex').slice(0, 16)}`;
}
