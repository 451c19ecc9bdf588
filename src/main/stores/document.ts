import { z } from 'zod';
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import { savedConnectionSchema, type SavedConnection } from '../../shared/model/saved-connection.ts';
import { savedStreamConfigSchema, type SavedStreamConfig } from '../../shared/model/saved-stream-config.ts';
import { settingsSchema, type Settings } from '../../shared/model/settings.ts';

/** Everything that is kept in the settings file. Secrets are not. */
export interface StoredDocument {
  readonly version: number;
  readonly connections: readonly SavedConnection[];
  readonly streamConfigs: readonly SavedStreamConfig[];
  readonly settings: Settings;
}

/** Step `n` turns a document of version n + 1 into one of version n + 2. */
export type Migration = (document: Record<string, unknown>) => Record<string, unknown>;

const migrations: readonly Migration[] = [];

const documentSchema = z.strictObject({
  version: z.int(),
  connections: z.array(savedConnectionSchema),
  streamConfigs: z.array(savedStreamConfigSchema),
  settings: settingsSchema,
});

export function emptyDocument(): StoredDocument {
  return { version: migrations.length + 1, connections: [], streamConfigs: [], settings: settingsSchema.parse({}) };
}

/**
 * Reads the text of a settings file and brings it to the present version. Throws `data_file_newer`, or any other error
 * where the text is damaged.
 */
export function parseDocument(text: string, path: string, steps: readonly Migration[] = migrations): StoredDocument {
  const raw = z.looseObject({ version: z.int().min(1) }).parse(JSON.parse(text));
  const current = steps.length + 1;
  if (raw.version > current) {
    throw new SluiceError(
      'data_file_newer',
      `${path} was written by a newer Sluice (format ${raw.version}, this one reads up to ${current}). Start the newer version, or use another --data-dir.`,
      { path },
    );
  }
  const migrated = steps
    .slice(raw.version - 1)
    .reduce<Record<string, unknown>>((document, step) => step(document), raw);
  const parsed = documentSchema.parse({ ...migrated, version: current });
  // Configs stay as they were given: parsing has filled in defaults that the user never set.
  return { ...parsed, streamConfigs: migrated['streamConfigs'] as SavedStreamConfig[] };
}
