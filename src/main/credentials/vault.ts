import type { Finding } from '../../shared/model/finding.ts';

/** Where secrets live. Every call may reject with `keychain_failed`. */
export interface Vault {
  /** `session`: in memory only, gone when Sluice ends. */
  readonly kind: 'keychain' | 'session';
  /** What a person should know about how secrets are kept; null when they are kept durably. */
  readonly finding: Finding | null;
  /** null: there is none. */
  get(account: string): Promise<string | null>;
  set(account: string, secret: string): Promise<void>;
  /** No error when there is none. */
  delete(account: string): Promise<void>;
}
