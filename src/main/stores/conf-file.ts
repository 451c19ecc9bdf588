import Conf from 'conf';
import { join } from 'node:path';
import type { StoredDocument } from './document.ts';
import type { DocumentFile } from './document-store.ts';

export const documentName = 'sluice';

/** The settings file of a headless Sluice. */
export function confFile(directory: string): DocumentFile {
  let conf: Conf<Record<string, unknown>> | null = null;
  return {
    path: join(directory, `${documentName}.json`),
    write(document: StoredDocument) {
      // Opened at the first write: conf reads the file when it is opened, and throws on a damaged one.
      conf ??= new Conf({
        cwd: directory,
        configName: documentName,
        configFileMode: 0o600,
        clearInvalidConfig: false,
        accessPropertiesByDotNotation: false,
      });
      conf.store = { ...document };
    },
  };
}
