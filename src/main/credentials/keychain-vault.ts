/** The vault over the operating system's keychain. */
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { Finding } from '../../shared/model/finding.ts';
import { desktopEnvironment } from '../hosts/host-environment.ts';
import type { ProcessFactory } from '../hosts/host-process.ts';
import { keychainOperations } from '../hosts/keychain-operations.ts';
import { OnDemandHost } from '../hosts/on-demand-host.ts';
import { divideSecret, joinSecret, partAccounts } from './secret-parts.ts';
import { SessionVault } from './session-vault.ts';
import type { Vault } from './vault.ts';

export interface KeychainVaultOptions {
  readonly processes: ProcessFactory;
  /** Program of the keychain host. */
  readonly entry: URL;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /**
   * A call fails after this. Default 5,000: the keychain of a person who sits before the screen may ask for its password,
   * which takes longer.
   */
  readonly timeoutMs?: number;
}

/** Under which all of Sluice's secrets are kept. */
const keychainService = 'sluice';

/**
 * The keychain is not touched before the first call. Where the first call finds that there is none, secrets are kept in
 * memory from then on, and `kind` and `finding` say so.
 */
export class KeychainVault implements Vault {
  readonly #host: OnDemandHost<typeof keychainOperations>;
  readonly #timeoutMs: number;
  readonly #callOptions: { readonly deadlineMs: number; readonly graceMs: number };
  #session: SessionVault | null = null;

  constructor({ processes, entry, environment, timeoutMs = 5_000 }: KeychainVaultOptions) {
    this.#timeoutMs = timeoutMs;
    // No grace: keytar cannot be interrupted.
    this.#callOptions = { deadlineMs: timeoutMs, graceMs: 0 };
    const launch = {
      title: 'Sluice keychain',
      heapMegabytes: 64,
      // The C locale, so that its errors can be told apart.
      environment: { ...desktopEnvironment(environment), LC_ALL: 'C' },
    };
    this.#host = new OnDemandHost(() => processes.fork(entry, launch), keychainOperations, {
      title: 'The keychain process',
      hangMs: null,
      idleMs: 10_000,
    });
  }

  get kind(): Vault['kind'] {
    return this.#session ? 'session' : 'keychain';
  }

  get finding(): Finding | null {
    return this.#session?.finding ?? null;
  }

  async get(account: string): Promise<string | null> {
    return await this.#withFallback(
      async () => await this.#read(account),
      (session) => session.get(account),
    );
  }

  async set(account: string, secret: string): Promise<void> {
    await this.#withFallback(
      async () => {
        const replaced = await this.#partsOf(account);
        const { head, parts } = divideSecret(account, secret);
        for (const part of parts) await this.#set(part.account, part.text);
        await this.#set(account, head);
        for (const part of replaced) await this.#delete(part);
      },
      (session) => session.set(account, secret),
    );
  }

  async delete(account: string): Promise<void> {
    await this.#withFallback(
      async () => {
        const parts = await this.#partsOf(account);
        for (const each of [account, ...parts]) await this.#delete(each);
      },
      (session) => session.delete(account),
    );
  }

  /** Ends the keychain's process, without waiting for what it does. */
  close(): void {
    this.#host.kill();
  }

  async #read(account: string): Promise<string | null> {
    const head = await this.#get(account);
    const parts = head === null ? null : partAccounts(account, head);
    if (parts === null) return head;
    const texts = await Promise.all(parts.map((part) => this.#get(part)));
    // A part that someone deleted by hand: the secret is as good as gone.
    return texts.every((text) => text !== null) ? joinSecret(texts) : null;
  }

  async #partsOf(account: string): Promise<string[]> {
    const head = await this.#get(account);
    return (head === null ? null : partAccounts(account, head)) ?? [];
  }

  async #get(account: string): Promise<string | null> {
    return await this.#host.call('get', { service: keychainService, account }, this.#callOptions);
  }

  async #set(account: string, secret: string): Promise<void> {
    await this.#host.call('set', { service: keychainService, account, secret }, this.#callOptions);
  }

  async #delete(account: string): Promise<void> {
    await this.#host.call('delete', { service: keychainService, account }, this.#callOptions);
  }

  async #withFallback<Result>(
    work: () => Promise<Result>,
    inMemory: (session: SessionVault) => Promise<Result>,
  ): Promise<Result> {
    if (this.#session) return await inMemory(this.#session);
    try {
      return await work();
    } catch (thrown) {
      const error = keychainFailure(SluiceError.from(thrown), this.#timeoutMs);
      if (error.details['absent'] !== true) throw error;
      this.#session ??= new SessionVault(error.message);
      return await inMemory(this.#session);
    }
  }
}

function keychainFailure(error: SluiceError, timeoutMs: number): SluiceError {
  switch (error.code) {
    case 'keychain_failed':
      return error;
    case 'deadline_exceeded': {
      const message = `The keychain of this computer did not answer within ${timeoutMs / 1000} seconds. Unlock it, then try again.`;
      return new SluiceError('keychain_failed', message, { timeoutMs });
    }
    default:
      return new SluiceError('keychain_failed', `The keychain cannot be used: ${error.message}`, error.details);
  }
}
