/** Connections, stream configs and settings: in memory while the app runs, written through to one JSON file. */
import { readFileSync, renameSync } from 'node:fs';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { Finding } from '../../shared/model/finding.ts';
import { emptyDocument, parseDocument, type StoredDocument } from './document.ts';
import { fileError } from './file-error.ts';

/** The file behind the store: `conf` headless, electron-store in the app; both write the same format to the same place. */
export interface DocumentFile {
  readonly path: string;
  /** Replaces the whole file, atomically. Throws what the file system throws. */
  write(document: StoredDocument): void;
}

export class DocumentStore {
  /** What happened while the file was read, for a person to know. */
  readonly findings: readonly Finding[];
  readonly #file: DocumentFile;
  #document: StoredDocument;

  /**
   * A damaged file is set aside under another name, never overwritten. Throws `data_file_newer`, and `data_file_failed` when the
   * file is there but cannot be read.
   */
  constructor(file: DocumentFile, now: Date = new Date()) {
    this.#file = file;
    const { document, findings } = load(file.path, now);
    this.#document = document;
    this.findings = findings;
  }

  get document(): StoredDocument {
    return this.#document;
  }

  /**
   * Replaces the document by what `change` makes of it, in the file first. What `change` throws goes to the caller, and
   * nothing is changed. Nothing else runs between reading and writing.
   */
  update(change: (document: StoredDocument) => StoredDocument): void {
    const next = change(this.#document);
    try {
      this.#file.write(next);
    } catch (error) {
      throw fileError(`${this.#file.path} cannot be written`, this.#file.path, error);
    }
    this.#document = next;
  }
}

function load(path: string, now: Date): { document: StoredDocument; findings: Finding[] } {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { document: emptyDocument(), findings: [] };
    throw fileError(`${path} cannot be read`, path, error);
  }
  try {
    return { document: parseDocument(text, path), findings: [] };
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    const aside = setAside(path, now);
    return {
      document: emptyDocument(),
      findings: [
        {
          severity: 'warning',
          code: 'settings_file_damaged',
          message: `The settings file was damaged, so Sluice starts without connections and stream configs. The damaged file is kept as ${aside}: mend it and put it back as ${path}.`,
        },
      ],
    };
  }
}

/** Renames a damaged file so that its name tells when it was found. Returns the new path. */
function setAside(path: string, now: Date): string {
  const aside = asideName(path, now);
  renameSync(path, aside);
  return aside;
}

export const asideName = (path: string, now: Date) => `${path}.damaged-${now.toISOString().replaceAll(':', '-')}`;
