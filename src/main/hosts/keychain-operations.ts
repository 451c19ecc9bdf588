import { z } from 'zod';
import type { HostOperations } from './host-protocol.ts';

const entry = z.strictObject({ service: z.string().min(1), account: z.string().min(1) });

/**
 * What the keychain host does. All fail with `keychain_failed`; `absent: true` in its details means that this computer has
 * no keychain at all, as opposed to one that is locked or refuses.
 */
export const keychainOperations = {
  /** null: nothing is kept there. */
  get: { input: entry, output: z.string().nullable() },
  set: { input: entry.extend({ secret: z.string().min(1) }), output: z.null() },
  delete: { input: entry, output: z.null() },
} as const satisfies HostOperations;
