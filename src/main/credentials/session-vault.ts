import type { Finding } from '../../shared/model/finding.ts';
import type { Vault } from './vault.ts';

/** Secrets in the memory of this process, where there is no keychain. */
export class SessionVault implements Vault {
  readonly kind = 'session';
  readonly finding: Finding;
  readonly #secrets = new Map<string, string>();

  /** `reason`: why there is no keychain, as a sentence. */
  constructor(reason: string) {
    this.finding = {
      severity: 'warning',
      code: 'no_keychain',
      message: `Passwords are kept in memory only and are gone when Sluice ends. ${reason} A password may also be written as \${NAME}, an environment variable that is read at each connect.`,
    };
  }

  async get(account: string): Promise<string | null> {
    return this.#secrets.get(account) ?? null;
  }

  async set(account: string, secret: string): Promise<void> {
    this.#secrets.set(account, secret);
  }

  async delete(account: string): Promise<void> {
    this.#secrets.delete(account);
  }
}
