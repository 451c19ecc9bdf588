/** Which vault this computer has, without opening it. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { KeychainVault, type KeychainVaultOptions } from './keychain-vault.ts';
import { SessionVault } from './session-vault.ts';
import type { Vault } from './vault.ts';

/** `close` ends the vault's process, if it has one. */
export function findVault(options: KeychainVaultOptions): Vault & { close(): void } {
  const reason = whyNoKeychain(options.environment);
  if (reason === null) return new KeychainVault(options);
  return Object.assign(new SessionVault(reason), { close: () => undefined });
}

function whyNoKeychain(environment: KeychainVaultOptions['environment']): string | null {
  try {
    createRequire(import.meta.url).resolve('keytar');
  } catch {
    return 'The keychain module is not installed.';
  }
  if (process.platform !== 'linux') return null;
  // Without these libsecret cannot find a session bus: a server, a container, a service of the system.
  const { DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR: runtime, DISPLAY: display } = environment;
  if (address || display || (runtime && existsSync(`${runtime}/bus`))) return null;
  return 'There is no desktop session here whose keychain could be used.';
}
