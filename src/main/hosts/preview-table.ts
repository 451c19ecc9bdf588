/** A page of a table's rows, through the same reader that copies use: values are their exact text. */
import { SluiceError } from '../../shared/errors/sluice-error.ts';
import type { Preview } from '../../shared/model/structure.ts';
import { nearest, tableLabel } from '../engine/copy/select-tables.ts';
import type { Dialect } from '../engine/driver/dialect.ts';
import type { Session } from '../engine/driver/driver.ts';
import type { TablePlan } from '../engine/model/table-plan.ts';
import { lineFeed } from '../engine/model/row-bundle.ts';
import type { TableName, TableSchema } from '../engine/model/table-schema.ts';
import { decodeRow } from '../engine/row-text/decode-row.ts';

export interface PreviewPage {
  /** As tables() and views() name it. */
  readonly table: string;
  readonly limit: number;
  readonly offset: number;
}

/** A page ends early when its rows take more than this, but has one row at least. */
const largestPageBytes = 16 * 1024 ** 2;

/** Rejects `not_found`. */
export async function previewTable(session: Session, dialect: Dialect, page: PreviewPage): Promise<Preview> {
  const { table, limit, offset } = page;
  const schema = await findTable(session, table);
  const plan = pagePlan(schema, dialect, page);
  await using snapshot = await session.openSnapshot(1, [schema.name]);
  const lines: Buffer[] = [];
  /** The beginning of a row whose end is in a later bundle. */
  let parts: Buffer[] = [];
  let bytes = 0;
  reading: for await (const bundle of snapshot.readers[0]!.read(plan, null)) {
    for (let from = 0; from < bundle.bytes.length;) {
      const end = bundle.bytes.indexOf(lineFeed, from);
      // Bundles may share one buffer.
      parts.push(Buffer.from(bundle.bytes.subarray(from, end === -1 ? undefined : end)));
      if (end === -1) break;
      const line = Buffer.concat(parts);
      parts = [];
      lines.push(line);
      bytes += line.length;
      if (lines.length === limit || bytes > largestPageBytes) break reading;
      from = end + 1;
    }
  }
  return {
    columns: plan.columns.map(({ source }) => source.name),
    rows: lines.map(decodeRow),
    count: lines.length,
    limit,
    offset,
  };
}

async function findTable({ catalog }: Session, wanted: string): Promise<TableSchema> {
  const [listings, views] = await Promise.all([catalog.tables(), catalog.views()]);
  const names: TableName[] = [...listings, ...views].map(({ name }) => name);
  const labels = names.map((name) => tableLabel(name, catalog.defaultSchema));
  const name = names[labels.indexOf(wanted)] ?? names.find((each) => `${each.schema}.${each.name}` === wanted);
  const [schema] = name ? await catalog.describe([name]) : [];
  if (schema) return schema;
  const near = nearest(wanted, labels);
  const hint = near === null ? '' : ` Did you mean "${near}"?`;
  throw new SluiceError('not_found', `There is no table or view "${wanted}".${hint}`, { table: wanted });
}

/** Ordered by the primary key where there is one, so that pages neither overlap nor leave out rows. */
function pagePlan(schema: TableSchema, dialect: Dialect, { table, limit, offset }: PreviewPage): TablePlan {
  const columns = schema.columns.map((column) => dialect.quoteName(column.name)).join(', ');
  const key = schema.primaryKey?.parts.flatMap(({ column }) => (column === null ? [] : [dialect.quoteName(column)]));
  const order = key?.length ? ` ORDER BY ${key.join(', ')}` : '';
  const query = `SELECT ${columns} FROM ${dialect.quoteTable(schema.name)}${order} LIMIT ${limit} OFFSET ${offset}`;
  const rules = {
    zeroDate: 'error',
    infiniteDate: 'keep',
    notANumber: 'keep',
    nulByte: 'replace',
    dateRange: 'keep',
  } as const;
  return {
    label: table,
    source: { table: schema.name, schema, query, where: null },
    target: schema.name,
    columns: schema.columns.map((column) => ({ source: column, target: column, wire: column.type, rules })),
    targetSchema: schema,
    estimatedRows: null,
    estimatedBytes: null,
    filtered: true,
    findings: [],
  };
}
