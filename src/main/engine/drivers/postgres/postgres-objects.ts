/** What a copy of tables does not carry over, each with the statement that makes it. */
import type { SchemaObject } from '../../model/table-schema.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { otherObjects } from './postgres-other-objects.ts';
import { ownRelation } from './postgres-catalog-sql.ts';
import { ownSchema } from './postgres-objects-sql.ts';
import { aggregates } from './postgres-rare-objects.ts';

/** Each query: kind, schema, name, schema and name of its table, definition. */
export async function readObjects(connection: PostgresConnection): Promise<SchemaObject[]> {
  const objects: SchemaObject[] = [];
  for (const sql of queries) {
    for (const [kind, schema, name, tableSchema, table, definition] of await connection.rows(sql)) {
      objects.push({
        kind: kind as SchemaObject['kind'],
        name: { schema: schema ?? null, name: name! },
        table: table === null ? null : { schema: tableSchema!, name: table! },
        definition: definition!,
      });
    }
  }
  return objects;
}

const relation = `pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace`;
const qualified = (schema: string, name: string) => `quote_ident(${schema}) || '.' || quote_ident(${name})`;
const notOfExtension = (catalog: string, oid: string) => `NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
  WHERE e.classid = 'pg_catalog.${catalog}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`;

const extensions = `SELECT 'extension', n.nspname, x.extname, NULL, NULL,
    'CREATE EXTENSION ' || quote_ident(x.extname) || ' SCHEMA ' || quote_ident(n.nspname)
  FROM pg_catalog.pg_extension x JOIN pg_catalog.pg_namespace n ON n.oid = x.extnamespace
  WHERE x.extname <> 'plpgsql' ORDER BY 3`;

/** Types that columns use come with their tables. */
const types = `SELECT 'type', n.nspname, t.typname, NULL, NULL, CASE t.typtype
    WHEN 'e' THEN 'CREATE TYPE ' || ${qualified('n.nspname', 't.typname')} || ' AS ENUM (' ||
      (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
        FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid) || ')'
    WHEN 'd' THEN 'CREATE DOMAIN ' || ${qualified('n.nspname', 't.typname')} || ' AS ' || format_type(t.typbasetype, t.typtypmod)
      || coalesce(' DEFAULT ' || pg_get_expr(t.typdefaultbin, 0), '')
      || CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END
      || coalesce((SELECT string_agg(' CONSTRAINT ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid), '' ORDER BY k.conname)
        FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'), '')
    WHEN 'r' THEN 'CREATE TYPE ' || ${qualified('n.nspname', 't.typname')} || ' AS RANGE (SUBTYPE = ' ||
      (SELECT format_type(r.rngsubtype, NULL) FROM pg_catalog.pg_range r WHERE r.rngtypid = t.oid) || ')'
    ELSE 'CREATE TYPE ' || ${qualified('n.nspname', 't.typname')} || ' AS (' || coalesce(
      (SELECT string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped), '') || ')' END
  FROM pg_catalog.pg_type t
  JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
  WHERE ${ownSchema} AND ${notOfExtension('pg_type', 't.oid')} AND (
    (t.typtype IN ('d', 'e', 'r') OR (t.typtype = 'c' AND c.relkind = 'c')) AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class u ON u.oid = a.attrelid AND u.relkind IN ('r', 'p')
      WHERE NOT a.attisdropped AND (a.atttypid IN (t.oid, t.typarray)
        OR a.atttypid IN (SELECT o.oid FROM pg_catalog.pg_type o WHERE o.typbasetype = t.oid))))
  ORDER BY n.nspname, t.typname`;

const routines = `SELECT 'routine', n.nspname, p.proname, NULL, NULL, pg_get_functiondef(p.oid)
  FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  WHERE p.prokind <> 'a' AND ${ownSchema} AND ${notOfExtension('pg_proc', 'p.oid')}
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
      WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')
  ORDER BY 2, 3, pg_get_function_identity_arguments(p.oid)`;

/** A foreign table shows rows that live elsewhere. */
const foreignTables = `SELECT 'foreign table', n.nspname, c.relname, NULL, NULL,
    'CREATE FOREIGN TABLE ' || ${qualified('n.nspname', 'c.relname')} || ' (' ||
      (SELECT string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
        FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) || ') SERVER ' ||
      (SELECT quote_ident(s.srvname) FROM pg_catalog.pg_foreign_table f JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver
        WHERE f.ftrelid = c.oid)
  FROM ${relation} WHERE c.relkind = 'f' AND ${ownRelation}
  ORDER BY c.oid`;

const rules = `SELECT 'rule', n.nspname, r.rulename, n.nspname, c.relname, pg_get_ruledef(r.oid)
  FROM ${relation} JOIN pg_catalog.pg_rewrite r ON r.ev_class = c.oid AND r.rulename <> '_RETURN'
  WHERE ${ownRelation} ORDER BY 2, 5, 3`;

const triggers = `SELECT 'trigger', n.nspname, t.tgname, n.nspname, c.relname, pg_get_triggerdef(t.oid) ||
    CASE t.tgenabled WHEN 'O' THEN '' ELSE '; ALTER TABLE ' || ${qualified('n.nspname', 'c.relname')} ||
      CASE t.tgenabled WHEN 'D' THEN ' DISABLE' WHEN 'R' THEN ' ENABLE REPLICA' ELSE ' ENABLE ALWAYS' END || ' TRIGGER ' || quote_ident(t.tgname) END
  FROM ${relation} JOIN pg_catalog.pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
  WHERE coalesce((to_jsonb(t)->>'tgparentid')::oid, 0) = 0 AND ${ownRelation} ORDER BY 2, 5, 3`;

const policies = `SELECT 'policy', n.nspname, p.polname, n.nspname, c.relname,
    'CREATE POLICY ' || quote_ident(p.polname) || ' ON ' || ${qualified('n.nspname', 'c.relname')} ||
    CASE WHEN p.polpermissive THEN '' ELSE ' AS RESTRICTIVE' END ||
    CASE p.polcmd WHEN 'r' THEN ' FOR SELECT' WHEN 'a' THEN ' FOR INSERT' WHEN 'w' THEN ' FOR UPDATE' WHEN 'd' THEN ' FOR DELETE' ELSE '' END ||
    ' TO ' || (SELECT string_agg(CASE o.role WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(o.role)) END, ', ') FROM unnest(p.polroles) o (role)) ||
    coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '') ||
    coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')
  FROM ${relation} JOIN pg_catalog.pg_policy p ON p.polrelid = c.oid
  WHERE ${ownRelation} ORDER BY 2, 5, 3`;

/** What owners have by default is not listed. */
const grants = `SELECT 'grant', n.nspname, c.relname, n.nspname, c.relname,
    'GRANT ' || string_agg(g.privilege_type, ', ' ORDER BY g.privilege_type) || ' ON ' ||
    CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || ${qualified('n.nspname', 'c.relname')} || ' TO ' ||
    CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END ||
    CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
  FROM ${relation} CROSS JOIN LATERAL aclexplode(c.relacl) g
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND NOT c.relispartition AND g.grantee <> c.relowner AND ${ownRelation}
  GROUP BY n.nspname, c.relname, c.relkind, g.grantee, g.is_grantable ORDER BY 2, 3, 6`;

const queries = [
  extensions,
  types,
  routines,
  aggregates,
  foreignTables,
  rules,
  triggers,
  policies,
  grants,
  ...otherObjects,
];
