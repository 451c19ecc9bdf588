/** What tables and views are called on the target (SPEC 3): default schema to default schema; others keep theirs or go into the name. */
import type { Finding } from '../../../shared/model/finding.ts';
import type { StreamOptions, TableConfig } from '../../../shared/model/stream-config.ts';
import type { Driver, Session } from '../driver/driver.ts';
import { claimName } from '../driver/names.ts';
import type { TableName } from '../model/table-schema.ts';
import { tableFinding, tableKey } from './convert-plan.ts';
import { applyCase, renamed } from './plan-columns.ts';
import type { SelectedTable } from './select-tables.ts';

export interface NamedTarget {
  readonly name: TableName;
  readonly findings: Finding[];
}

/** Names one table or view after the other; none gets a name that another one has. */
export type TargetNamer = (
  from: TableName,
  label: string,
  what: 'Table' | 'View' | 'Sequence',
  config: Pick<TableConfig, 'targetName' | 'targetSchema'>,
) => NamedTarget;

export interface NamingEnds {
  readonly source: Session;
  readonly target: Session;
  readonly targetDriver: Driver;
}

export function targetNamer({ source, target, targetDriver }: NamingEnds, options: StreamOptions): TargetNamer {
  const { dialect, capabilities } = targetDriver;
  const sourceDefault = source.catalog.defaultSchema;
  const targetDefault = target.catalog.defaultSchema;
  const takenBySchema = new Map<string | null, Set<string>>();
  return (from, label, what, config) => {
    const foreign = from.schema !== null && from.schema !== sourceDefault;
    const mapped = config.targetSchema ?? (from.schema === null ? undefined : options.schemaMap[from.schema]);
    const schema = capabilities.schemas ? (mapped ?? (foreign ? from.schema : targetDefault)) : targetDefault;
    const prefix = !capabilities.schemas && foreign && mapped === undefined ? `${from.schema}_` : '';
    const wanted = config.targetName ?? applyCase(prefix + from.name, options);
    const taken = takenBySchema.get(schema) ?? new Set<string>();
    takenBySchema.set(schema, taken);
    const name = claimName(wanted, dialect.names.table, taken);
    const findings = name === wanted ? [] : [renamed(label, what, wanted, name)];
    if (prefix) {
      const message = `${what} "${label}" becomes "${name}", since the target has no schemas.`;
      findings.push(tableFinding('info', 'schema_flattened', label, message));
    }
    return { name: { schema, name }, findings };
  };
}

/** By tableKey of the source. */
export function nameTargets(namer: TargetNamer, selected: readonly SelectedTable[]): Map<string, NamedTarget> {
  return new Map(selected.map(({ name, label, config }) => [tableKey(name), namer(name, label, 'Table', config)]));
}
