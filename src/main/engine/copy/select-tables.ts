/** Which tables a config means: names, `schema.table`, `*`, `schema.*`, less `exclude`. */
import { SluiceError } from '../../../shared/errors/sluice-error.ts';
import type { TableConfig } from '../../../shared/model/stream-config.ts';
import type { TableListing } from '../driver/catalog.ts';
import type { TableName } from '../model/table-schema.ts';

export interface SelectedTable {
  readonly name: TableName;
  /** null: a custom query under a name that is not a table. */
  readonly listing: TableListing | null;
  readonly config: TableConfig;
  readonly label: string;
}

/** A table's name for people: without the default schema. */
export function tableLabel(name: TableName, defaultSchema: string | null): string {
  return name.schema === null || name.schema === defaultSchema ? name.name : `${name.schema}.${name.name}`;
}

/**
 * Expands the config against what the source has. A table named explicitly takes its own options, wherever a pattern also
 * matches it. Throws `table_missing` and names the nearest table. `views`: may be excluded too.
 */
export function selectTables(
  configs: readonly TableConfig[],
  exclude: readonly string[],
  listings: readonly TableListing[],
  defaultSchema: string | null,
  views: readonly TableName[] = [],
): SelectedTable[] {
  const selected = new Map<string, SelectedTable>();
  const key = (name: TableName) => JSON.stringify([name.schema, name.name]);
  const add = (name: TableName, listing: TableListing | null, config: TableConfig) => {
    selected.set(key(name), { name, listing, config, label: tableLabel(name, defaultSchema) });
  };
  const explicit = configs.filter((config) => !isPattern(config.name));
  for (const config of configs.filter((each) => isPattern(each.name))) {
    const wantedSchema = config.name === '*' ? (config.schema ?? null) : config.name.slice(0, -2);
    const matches = listings.filter((listing) => wantedSchema === null || listing.name.schema === wantedSchema);
    if (matches.length === 0 && wantedSchema !== null) {
      throw new SluiceError('table_missing', `"${config.name}" matches no table: schema "${wantedSchema}" has none.`);
    }
    for (const listing of matches) add(listing.name, listing, config);
  }
  for (const config of explicit) {
    const name = parseTableName(config, defaultSchema, listings);
    const listing = listings.find((each) => key(each.name) === key(name)) ?? null;
    if (!listing && !config.query) throw missingTable(config.name, listings, defaultSchema);
    add(name, listing, config);
  }
  const known = [...listings, ...selected.values()].map(({ name }) => name).concat(views);
  for (const text of exclude) {
    if (!text.endsWith('.*') && !known.some((name) => excludes([text], name, defaultSchema)))
      throw missingTable(text, listings, defaultSchema);
  }
  for (const [id, { name }] of selected) if (excludes(exclude, name, defaultSchema)) selected.delete(id);
  return [...selected.values()];
}

/** True when one of `exclude` (a name, `schema.name` or `schema.*`) means this table or view. */
export function excludes(exclude: readonly string[], name: TableName, defaultSchema: string | null): boolean {
  return exclude.some((text) =>
    text.endsWith('.*')
      ? name.schema === text.slice(0, -2)
      : tableLabel(name, defaultSchema) === text || qualified(name) === text,
  );
}

/** True when a pattern of the config takes everything in this schema. */
export function selectsSchema(configs: readonly TableConfig[], schema: string | null): boolean {
  return configs.some((config) => {
    if (!isPattern(config.name)) return false;
    const wanted = config.name === '*' ? (config.schema ?? null) : config.name.slice(0, -2);
    return wanted === null || wanted === schema;
  });
}

const isPattern = (name: string) => name === '*' || name.endsWith('.*');
const qualified = (name: TableName) => (name.schema === null ? name.name : `${name.schema}.${name.name}`);

/** A dot splits at the first, unless `schema` is given or a table has exactly this name. */
function parseTableName(
  config: TableConfig,
  defaultSchema: string | null,
  listings: readonly TableListing[],
): TableName {
  if (config.schema !== undefined) return { schema: config.schema, name: config.name };
  const dot = config.name.indexOf('.');
  const whole = { schema: defaultSchema, name: config.name };
  if (dot <= 0 || listings.some((each) => each.name.schema === defaultSchema && each.name.name === config.name)) {
    return whole;
  }
  return { schema: config.name.slice(0, dot), name: config.name.slice(dot + 1) };
}

function missingTable(name: string, listings: readonly TableListing[], defaultSchema: string | null): SluiceError {
  const labels = listings.map((listing) => tableLabel(listing.name, defaultSchema));
  const near = nearest(name, labels);
  const hint = near
    ? ` Did you mean "${near}"?`
    : labels.length === 0
      ? ' The database has no tables.'
      : ` It has ${labels.slice(0, 5).join(', ')}${labels.length > 5 ? ` and ${labels.length - 5} more` : ''}.`;
  return new SluiceError('table_missing', `The source has no table "${name}".${hint}`, { table: name });
}

/** The candidate that differs by the fewest edits, when that is few enough to be a slip. */
export function nearest(name: string, candidates: readonly string[]): string | null {
  let best: { candidate: string; distance: number } | null = null;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance <= Math.max(1, Math.floor(name.length / 3)) && (!best || distance < best.distance)) {
      best = { candidate, distance };
    }
  }
  return best?.candidate ?? null;
}

function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const replace = previous[column - 1]! + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(previous[column]! + 1, current[column - 1]! + 1, replace));
    }
    previous = current;
  }
  return previous[right.length]!;
}
