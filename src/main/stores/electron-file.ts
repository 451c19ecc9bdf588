/** Imported by the Electron entry only: electron-store loads Electron as soon as it is imported. */
import ElectronStore from 'electron-store';
import { join } from 'node:path';
import { documentName } from './conf-file.ts';
import type { StoredDocument } from './document.ts';
import type { DocumentFile } from './document-store.ts';

/** The settings file of the app: the same format and place as the headless one. */
export function electronFile(directory: string): DocumentFile {
  let store: ElectronStore<Record<string, unknown>> | null = null;
  return {
    path: join(directory, `${documentName}.json`),
    write(document: StoredDocument) {
      store ??= new ElectronStore({
        cwd: directory,
        name: documentName,
        configFileMode: 0o600,
        clearInvalidConfig: false,
        accessPropertiesByDotNotation: false,
      });
      store.store = { ...document };
    },
  };
}
