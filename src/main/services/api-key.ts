/** The key of the REST API: made on first start, kept in a file, given by the environment, or in the keychain (SPEC 10). */
import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { Finding } from '../../shared/model/finding.ts';
import type { Vault } from '../credentials/vault.ts';
import { fileError } from '../stores/file-error.ts';

export type ApiKeySource = 'file' | 'environment' | 'keychain' | 'session';

const account = 'api-key';

export class ApiKey {
  readonly source: ApiKeySource;
  /** What a person should know about how it is kept. */
  readonly finding: Finding | null;
  #value: string;
  readonly #keep: (value: string) => Promise<void> | void;

  private constructor(
    source: ApiKeySource,
    value: string,
    keep: (value: string) => Promise<void> | void,
    finding: Finding | null = null,
  ) {
    this.source = source;
    this.finding = finding;
    this.#value = value;
    this.#keep = keep;
  }

  /** `file`: the path of `--api-key-file`; `environmentValue`: SLUICE_API_KEY. The first that is given wins. */
  static async load(file: string | undefined, environmentValue: string | undefined, vault: Vault): Promise<ApiKey> {
    if (file !== undefined) {
      const value = readOrMakeFile(file);
      return new ApiKey('file', value, (next) => writeKeyFile(file, next), openFileFinding(file));
    }
    if (environmentValue) {
      return new ApiKey('environment', environmentValue, () => {
        throw new SluiceError(
          'conflict',
          'The API key comes from the environment variable SLUICE_API_KEY: change it there and start Sluice again.',
        );
      });
    }
    const keep = (value: string) => vault.set(account, value);
    const stored = vault.kind === 'keychain' ? await vault.get(account) : null;
    const value = stored ?? newKey();
    if (stored === null) await keep(value);
    return new ApiKey(vault.kind, value, keep);
  }

  /** A key that nobody keeps. */
  static forSession(): ApiKey {
    return new ApiKey('session', newKey(), () => undefined);
  }

  get value(): string {
    return this.#value;
  }

  /** Makes a new key. The old one is refused from then on. */
  async replace(): Promise<void> {
    const value = newKey();
    await this.#keep(value);
    this.#value = value;
  }
}

const newKey = () => `sluice_${randomBytes(24).toString('base64url')}`;

function readOrMakeFile(path: string): string {
  try {
    const value = readFileSync(path, 'utf8').trim();
    if (value !== '') return value;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT'))
      throw fileError(`The API key file ${path} cannot be read`, path, error);
  }
  const value = newKey();
  writeKeyFile(path, value);
  return value;
}

/** Windows has no such modes. */
function openFileFinding(path: string): Finding | null {
  if (process.platform === 'win32' || (statSync(path).mode & 0o077) === 0) return null;
  return {
    severity: 'warning',
    code: 'api_key_readable',
    message: `Other users of this computer can read the API key file. Run: chmod 600 ${path}`,
  };
}

function writeKeyFile(path: string, value: string): void {
  try {
    writeFileSync(path, `${value}\n`, { mode: 0o600 });
    // The mode above counts for new files only.
    chmodSync(path, 0o600);
  } catch (error) {
    throw fileError(`The API key file ${path} cannot be written`, path, error);
  }
}
