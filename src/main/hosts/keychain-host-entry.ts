/** The program of the keychain host: the only place that loads keytar, which may hang for ever (a locked keyring). */
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { keychainOperations } from './keychain-operations.ts';
import { serveHost } from './serve-host.ts';

type Keytar = typeof import('keytar');

/** keytar is CommonJS: its functions are on the default export. */
async function loadKeytar(): Promise<Keytar> {
  try {
    const loaded = (await import('keytar')) as Keytar & { readonly default?: Keytar };
    return loaded.default ?? loaded;
  } catch (error) {
    throw new SluiceError('keychain_failed', 'The keychain module is not installed.', { absent: true }, error);
  }
}

/**
 * What libsecret says where no Secret Service answers, or one that has no keyring to store in and nobody to ask for one.
 * The parent starts this program in the C locale, so that the words are these.
 */
const absentOnLinux = [
  /autolaunch D-Bus/i,
  /org\.freedesktop\.secrets was not provided/i,
  /Could not connect/i,
  /Failed to (open|connect to) .*socket/i,
  /Cannot spawn a message bus/i,
  /The given address is empty/i,
  /Object does not exist at path .*\/org\/freedesktop\/secrets/i,
];

function keychainError(error: unknown): SluiceError {
  const said = error instanceof Error ? error.message : String(error);
  const absent = process.platform === 'linux' && absentOnLinux.some((pattern) => pattern.test(said));
  return new SluiceError('keychain_failed', `The keychain refused: ${said}.`, { absent }, error);
}

async function ask<Result>(work: (keytar: Keytar) => Promise<Result>): Promise<Result> {
  const keytar = await loadKeytar();
  try {
    return await work(keytar);
  } catch (error) {
    throw keychainError(error);
  }
}

/**
 * A locked keyring of Linux that cannot ask for its password looks like an empty one to reads and deletions; only writing
 * tells. So where nothing was found, something is written and removed again.
 */
async function rejectLocked(keytar: Keytar, service: string): Promise<void> {
  if (process.platform !== 'linux') return;
  const account = 'is it unlocked';
  await keytar.setPassword(service, account, 'yes');
  await keytar.deletePassword(service, account);
}

serveHost(keychainOperations, {
  get: ({ service, account }) =>
    ask(async (keytar) => {
      const secret = await keytar.getPassword(service, account);
      if (secret === null) await rejectLocked(keytar, service);
      return secret;
    }),
  set: ({ service, account, secret }) =>
    ask(async (keytar) => {
      await keytar.setPassword(service, account, secret);
      return null;
    }),
  delete: ({ service, account }) =>
    ask(async (keytar) => {
      const isDeleted = await keytar.deletePassword(service, account);
      if (!isDeleted) await rejectLocked(keytar, service);
      return null;
    }),
});
