/** What an inspector finds out about a stream's two ends. */
import type { ProfileReport } from '../../shared/model/copy-plan.ts';
import { planConvert, type ConvertRequest } from '../engine/copy/convert.ts';
import { openEnds } from '../engine/copy/open-ends.ts';
import { selectFrom } from '../engine/copy/plan-tables.ts';
import { nameTargets, targetNamer } from '../engine/copy/target-names.ts';
import { loadDriver } from '../engine/driver/registry.ts';
import type { StreamEnds, Survey } from './inspector.ts';

/** Every call opens its own connections, named by this. */
const inspectorId = 'inspector';

export function requestOf(
  ends: StreamEnds,
  signal: AbortSignal,
  onEvent: ConvertRequest['onEvent'] = () => undefined,
): ConvertRequest {
  return { ...ends, streamId: inspectorId, signal, onEvent };
}

export async function surveyStream({ options, ...connections }: StreamEnds, signal: AbortSignal): Promise<Survey> {
  await using ends = await openEnds({ ...connections, streamId: inspectorId, signal }, 'pretend');
  const selected = await selectFrom(ends.source, options);
  const targets = nameTargets(targetNamer(ends, options), selected);
  return {
    database: ends.target.server.identity,
    tables: [...targets.values()].map(({ name }) => (name.schema === null ? name.name : `${name.schema}.${name.name}`)),
  };
}

export async function profileStream(ends: StreamEnds, signal: AbortSignal): Promise<ProfileReport> {
  const plan = await planConvert(requestOf(ends, signal));
  const driver = await loadDriver(ends.source.kind);
  await using session = await driver.connect(ends.source, { role: 'source', streamId: inspectorId, signal });
  const tables: ProfileReport['tables'] = [];
  for (const { plan: table } of plan.tables) {
    const { query, where, table: name } = table.source;
    const origin =
      query === null ? driver.dialect.quoteTable(name) : `(\n${query.replace(/[;\s]+$/, '')}\n) sluice_rows`;
    const condition = where === null ? '' : ` WHERE (\n${where}\n)`;
    const [counted] = await session.query(`SELECT COUNT(*) FROM ${origin}${condition}`);
    tables.push({
      name: table.label,
      rows: Number(counted![0]),
      types: table.columns
        .filter(({ source }) => driver.dialect.doubt(source, ends.options.rules) !== null)
        .map(({ source, target }) => ({ column: source.name, declared: source.nativeType, type: target.nativeType })),
    });
  }
  return { tables, findings: [...plan.findings] };
}
