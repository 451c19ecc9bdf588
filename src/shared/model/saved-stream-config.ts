import { z } from 'zod';
import { streamOptionsSchema, type StreamOptions } from './stream-config.ts';

const head = {
  name: z.string().min(1).max(255),
  /** Id of the connection to read. */
  source: z.string().min(1),
  /** Id of the connection to write. */
  target: z.string().min(1),
  mode: z.enum(['convert', 'cdc']),
};

/**
 * Body of POST and PUT. `id` and `created` are accepted when they are equal to the stored ones, so that an answer can
 * be sent back changed.
 */
export const streamConfigBodySchema = streamOptionsSchema
  .extend({ ...head, id: z.string().optional(), created: z.int().optional() })
  .superRefine((config, context) => {
    for (const { path, message } of misplacedFields(config)) context.addIssue({ code: 'custom', path, message });
  });
export type StreamConfigBody = z.output<typeof streamConfigBodySchema>;

/** A config as it is stored and answered: the reference's fields always, every other field as it was given. */
export const savedStreamConfigSchema = streamOptionsSchema.partial().extend({
  /** `config_` and a KSUID. */
  id: z.string(),
  ...head,
  /** Unix seconds. */
  created: z.int(),
  dataBundleSize: z.int(),
  limits: streamOptionsSchema.shape.limits.unwrap(),
  reportingIntervals: z.strictObject({ source: z.number(), target: z.number() }),
  tables: streamOptionsSchema.shape.tables.unwrap(),
  createStructure: z.boolean(),
});
export type SavedStreamConfig = z.input<typeof savedStreamConfigSchema>;

/** A stored config with every default filled in: what a stream runs with. */
export function completeOptions(config: SavedStreamConfig): StreamOptions {
  const known = Object.entries(config).filter(([name]) => name in streamOptionsSchema.shape);
  return streamOptionsSchema.parse(Object.fromEntries(known));
}

/** Fields that are known but mean nothing in the config's mode, or contradict each other. */
export function misplacedFields(
  config: Pick<StreamOptions, 'mode' | 'tables' | 'operations'>,
): { path: (string | number)[]; message: string }[] {
  const found: { path: (string | number)[]; message: string }[] = [];
  const convert = config.mode === 'convert';
  if (convert && config.operations !== undefined)
    found.push({ path: ['operations'], message: 'belongs to cdc mode only' });
  const targets = new Set<string>();
  for (const [index, table] of config.tables.entries()) {
    if (convert && table.operations !== undefined)
      found.push({ path: ['tables', index, 'operations'], message: 'belongs to cdc mode only' });
    if (!convert && table.query !== undefined)
      found.push({ path: ['tables', index, 'query'], message: 'belongs to convert mode only' });
    if (table.query !== undefined && table.where !== undefined)
      found.push({ path: ['tables', index, 'where'], message: 'cannot stand beside query; put it into the query' });
    const target = JSON.stringify([table.targetSchema ?? table.schema ?? null, table.targetName ?? table.name]);
    if (targets.has(target)) found.push({ path: ['tables', index], message: 'names the same target table twice' });
    targets.add(target);
  }
  return found;
}
