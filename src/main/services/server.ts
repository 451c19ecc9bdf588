import type { serverOperations } from '../../shared/contract/server.ts';
import type { Finding } from '../../shared/model/finding.ts';
import type { DocumentStore } from '../stores/document-store.ts';
import type { Vault } from '../credentials/vault.ts';
import type { ApiKey } from './api-key.ts';
import type { Handlers } from './dispatcher.ts';

export interface ServerParts {
  readonly version: string;
  readonly dataDirectory: string;
  readonly store: DocumentStore;
  readonly vault: Vault;
  readonly apiKey: ApiKey;
  /** What happened at start that a person should know. */
  readonly findings: readonly Finding[];
  /** Settings were changed. */
  readonly onSettings: () => void;
}

export function serverHandlers(parts: ServerParts): Handlers<keyof typeof serverOperations> {
  const { store, vault, apiKey, onSettings } = parts;
  return {
    'server.info': () => ({
      version: parts.version,
      dataDirectory: parts.dataDirectory,
      vault: vault.kind,
      findings: vault.finding ? [...parts.findings, vault.finding] : [...parts.findings],
    }),
    'settings.get': () => store.document.settings,
    'settings.update': ({ body }, { given }) => {
      // The schema has filled in defaults; only what was given is to change.
      const names = new Set(Object.keys(given['body'] as object));
      const changes = Object.fromEntries(Object.entries(body).filter(([name]) => names.has(name)));
      store.update((document) => ({ ...document, settings: { ...document.settings, ...changes } }));
      onSettings();
      return store.document.settings;
    },
    'apiKey.get': () => ({ key: apiKey.value, source: apiKey.source }),
    'apiKey.replace': async () => {
      await apiKey.replace();
      return { key: apiKey.value, source: apiKey.source };
    },
  };
}
