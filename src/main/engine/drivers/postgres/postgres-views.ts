/** Views of PostgreSQL: read from the catalogs, and the statements that make them. */
import type { LateStatement } from '../../driver/dialect.ts';
import type { ViewSchema } from '../../model/view-schema.ts';
import { ownRelation } from './postgres-catalog-sql.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { createSchema } from './postgres-ddl.ts';
import { readIndexes } from './postgres-index-catalog.ts';
import { indexComments, indexStatement } from './postgres-late-statements.ts';
import { quoteName, quoteTable, quoteText } from './postgres-names.ts';

/** A partition that a view reads counts as the table that it is a part of. */
const viewsSql = `SELECT c.oid, n.nspname, c.relname, c.relkind, c.relispopulated, pg_get_viewdef(c.oid), d.description,
    array_to_json(array(SELECT o FROM unnest(c.reloptions) o WHERE o NOT LIKE 'check\\_option=%')),
    (SELECT substr(o, 14) FROM unnest(c.reloptions) o WHERE o LIKE 'check\\_option=%'),
    (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
    (SELECT json_agg(DISTINCT jsonb_build_array(m.nspname, r.relname)) FROM pg_catalog.pg_rewrite w
      JOIN pg_catalog.pg_depend p ON p.classid = 'pg_catalog.pg_rewrite'::regclass AND p.objid = w.oid
        AND p.refclassid = 'pg_catalog.pg_class'::regclass AND p.refobjid <> c.oid
      JOIN pg_catalog.pg_class s ON s.oid = p.refobjid AND s.relkind IN ('r', 'p', 'v', 'm', 'f')
      JOIN pg_catalog.pg_class r ON r.oid = CASE WHEN s.relispartition THEN pg_partition_root(s.oid) ELSE s.oid END
      JOIN pg_catalog.pg_namespace m ON m.oid = r.relnamespace AND m.nspname NOT IN ('pg_catalog', 'information_schema')
      WHERE w.ev_class = c.oid),
    (SELECT json_agg(DISTINCT p.proname) FROM pg_catalog.pg_rewrite w
      JOIN pg_catalog.pg_depend u ON u.classid = 'pg_catalog.pg_rewrite'::regclass AND u.objid = w.oid
        AND u.refclassid = 'pg_catalog.pg_proc'::regclass
      JOIN pg_catalog.pg_proc p ON p.oid = u.refobjid
      JOIN pg_catalog.pg_namespace m ON m.oid = p.pronamespace AND m.nspname NOT IN ('pg_catalog', 'information_schema')
      WHERE w.ev_class = c.oid AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
        WHERE e.classid = 'pg_catalog.pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e'))
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_description d
    ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = 0
  WHERE c.relkind IN ('v', 'm') AND ${ownRelation}
  ORDER BY c.oid`;

export async function readViews(connection: PostgresConnection, version: number): Promise<ViewSchema[]> {
  const rows = await connection.rows(viewsSql);
  const filled = rows.filter((row) => row[3] === 'm').map((row) => row[0]!);
  const indexes = await readIndexes(connection, version, filled);
  return rows.map((row): ViewSchema => {
    const [oid, schema, name, kind, filledMark, text, comment, options, check, columns, reads, calls] = row;
    const view = {
      name: { schema: schema!, name: name! },
      isMaterialized: kind === 'm',
      isFilled: filledMark === 't',
      columns: JSON.parse(columns ?? '[]') as string[],
      query: text!.trim().replace(/;$/, ''),
      options: JSON.parse(options ?? '[]') as string[],
      check: check === null ? null : (check as 'local' | 'cascaded'),
      reads: (JSON.parse(reads ?? '[]') as [string, string][]).map(([schema, name]) => ({ schema, name })),
      calls: JSON.parse(calls ?? '[]') as string[],
      indexes: indexes.get(oid!)?.indexes ?? [],
      comment: comment!,
    };
    return { ...view, definition: createViewStatement(view) };
  });
}

type Viewed = Omit<ViewSchema, 'definition' | 'reads' | 'calls'>;

const kindOf = ({ isMaterialized }: Viewed) => (isMaterialized ? 'MATERIALIZED VIEW' : 'VIEW');

function createViewStatement(view: Viewed): string {
  const columns = view.columns.map(quoteName).join(', ');
  const settings = [...view.options, ...(view.check === null ? [] : [`check_option=${view.check}`])];
  return (
    `CREATE ${kindOf(view)} ${quoteTable(view.name)}${columns && ` (${columns})`}` +
    `${settings.length > 0 ? ` WITH (${settings.join(', ')})` : ''} AS\n${view.query}` +
    (view.isFilled || !view.isMaterialized ? '' : '\nWITH NO DATA')
  );
}

const makeSchema = (schema: string | null): string =>
  schema === null || schema === 'public' ? '' : `${createSchema(schema)}; `;

/** The view, then the indexes of its rows and its comments. */
export function viewStatements(view: Viewed): LateStatement[] {
  const { name, schema } = view.name;
  const comment =
    view.comment === null ? null : `COMMENT ON ${kindOf(view)} ${quoteTable(view.name)} IS ${quoteText(view.comment)}`;
  return [
    // A schema may hold views only.
    { kind: 'view', name, sql: `${makeSchema(schema)}${createViewStatement(view)}`, offendersSql: null },
    ...view.indexes.map((index) => indexStatement(view, index)),
    ...indexComments(view),
    ...(comment === null ? [] : [{ kind: 'comment', name, sql: comment, offendersSql: null } as const]),
  ];
}
