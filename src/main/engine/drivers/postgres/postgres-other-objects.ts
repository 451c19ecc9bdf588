/** What a copy leaves behind beside the objects with a name of their own kind: settings, comments, constraints of parts. */
import { ownRelation } from './postgres-catalog-sql.ts';
import { ownSchema, standsAlone } from './postgres-objects-sql.ts';
import { databaseObjects, rareObjects } from './postgres-rare-objects.ts';

/** Columns of each query as in postgres-objects.ts: kind, schema, name, schema and name of its table, definition. */
const relation = `pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace`;
const table = `quote_ident(n.nspname) || '.' || quote_ident(c.relname)`;
const alter = `'ALTER TABLE ' || ${table} || ' '`;

/** Without it policies do nothing; with it and without policies nobody but the owner sees a row. */
const rowSecurity = `SELECT 'policy', n.nspname, 'row level security', n.nspname, c.relname,
    ${alter} || 'ENABLE ROW LEVEL SECURITY' ||
    CASE WHEN c.relforcerowsecurity THEN '; ' || ${alter} || 'FORCE ROW LEVEL SECURITY' ELSE '' END
  FROM ${relation} WHERE c.relrowsecurity AND ${ownRelation} ORDER BY 2, 5`;

const replicaIdentities = `SELECT 'setting', n.nspname, 'replica identity', n.nspname, c.relname, ${alter} || 'REPLICA IDENTITY ' ||
    CASE c.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' ELSE 'USING INDEX ' || coalesce((SELECT quote_ident(i.relname)
      FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = c.oid AND x.indisreplident), '') END
  FROM ${relation} WHERE c.relkind IN ('r', 'p') AND c.relreplident <> 'd' AND ${ownRelation} ORDER BY 2, 5`;

const clusters = `SELECT 'setting', n.nspname, 'cluster', n.nspname, c.relname, ${alter} || 'CLUSTER ON ' || quote_ident(i.relname)
  FROM ${relation} JOIN pg_catalog.pg_index x ON x.indrelid = c.oid AND x.indisclustered
  JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid WHERE ${ownRelation} ORDER BY 2, 5`;

const columnSettings = `SELECT 'setting', n.nspname, s.word || ' of ' || a.attname, n.nspname, c.relname,
    ${alter} || 'ALTER COLUMN ' || quote_ident(a.attname) || ' ' || s.sql
  FROM ${relation} JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid CROSS JOIN LATERAL to_jsonb(a) j
  CROSS JOIN LATERAL (VALUES
    ('storage', CASE WHEN a.attstorage <> t.typstorage THEN 'SET STORAGE ' ||
      CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END),
    ('compression', CASE j->>'attcompression' WHEN 'p' THEN 'SET COMPRESSION pglz' WHEN 'l' THEN 'SET COMPRESSION lz4' END),
    ('statistics', CASE WHEN (j->>'attstattarget')::int >= 0 THEN 'SET STATISTICS ' || (j->>'attstattarget') END),
    ('options', 'SET (' || array_to_string(a.attoptions, ', ') || ')')) s (word, sql)
  WHERE c.relkind IN ('r', 'p') AND s.sql IS NOT NULL AND ${ownRelation} ORDER BY 2, 5, a.attnum, 3`;

const viewDefaults = `SELECT 'setting', n.nspname, 'default of ' || a.attname, n.nspname, c.relname,
    'ALTER VIEW ' || ${table} || ' ALTER COLUMN ' || quote_ident(a.attname) || ' SET DEFAULT ' || pg_get_expr(f.adbin, f.adrelid)
  FROM ${relation} JOIN pg_catalog.pg_attrdef f ON f.adrelid = c.oid
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = f.adnum
  WHERE c.relkind = 'v' AND ${ownRelation} ORDER BY 2, 5, a.attnum`;

const statistics = `SELECT 'setting', n.nspname, s.stxname, tn.nspname, c.relname, pg_get_statisticsobjdef(s.oid)
  FROM pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
  JOIN pg_catalog.pg_class c ON c.oid = s.stxrelid JOIN pg_catalog.pg_namespace tn ON tn.oid = c.relnamespace
  WHERE ${ownSchema} ORDER BY 2, 3`;

/** What a partition has beyond its table: defaults and how it is kept. */
const partitionSettings = `SELECT 'setting', n.nspname, s.word, n.nspname, c.relname, ${alter} || s.sql
  FROM ${relation} JOIN pg_catalog.pg_inherits h ON h.inhrelid = c.oid AND c.relispartition
  JOIN pg_catalog.pg_class u ON u.oid = h.inhparent CROSS JOIN LATERAL (
    SELECT 'unlogged' AS word, 'SET UNLOGGED' AS sql WHERE c.relkind = 'r' AND c.relpersistence = 'u'
    UNION ALL SELECT 'storage', 'SET (' || array_to_string(c.reloptions, ', ') || ')' WHERE c.reloptions IS NOT NULL
    UNION ALL SELECT 'default of ' || a.attname, 'ALTER COLUMN ' || quote_ident(a.attname) ||
        coalesce(' SET DEFAULT ' || pg_get_expr(f.adbin, f.adrelid), ' DROP DEFAULT')
      FROM pg_catalog.pg_attribute a
      LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
      JOIN pg_catalog.pg_attribute b ON b.attrelid = u.oid AND b.attname = a.attname AND b.attnum > 0
      LEFT JOIN pg_catalog.pg_attrdef g ON g.adrelid = b.attrelid AND g.adnum = b.attnum
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attidentity = '' AND b.attidentity = ''
        AND pg_get_expr(f.adbin, f.adrelid) IS DISTINCT FROM pg_get_expr(g.adbin, g.adrelid)) s
  WHERE ${ownRelation} ORDER BY 2, 5, 3`;

/** Indexes of single partitions, and those that are not valid. */
const indexes = `SELECT 'index', n.nspname, i.relname, n.nspname, c.relname, pg_get_indexdef(i.oid)
  FROM ${relation} JOIN pg_catalog.pg_index x ON x.indrelid = c.oid JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
  WHERE ${ownRelation} AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.oid AND k.conrelid = c.oid)
    AND (NOT x.indisvalid OR (c.relispartition AND NOT i.relispartition)) ORDER BY 2, 5, 3`;

/** Constraints of single partitions and domains that a copy does not make, NOT NULL that is not validated, keys over periods. */
const constraints = `SELECT 'constraint', n.nspname, k.conname, n.nspname, c.relname,
    ${alter} || 'ADD CONSTRAINT ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid)
  FROM ${relation} JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid CROSS JOIN LATERAL to_jsonb(k) j
  WHERE ${ownRelation} AND ((c.relispartition AND k.contype IN ('c', 'f', 'p', 'u', 'x') AND k.coninhcount = 0 AND k.conparentid = 0)
    OR (k.contype = 'n' AND NOT k.convalidated) OR (k.contype = 'f' AND (j->>'conperiod')::boolean))
  UNION ALL SELECT 'constraint', n.nspname, k.conname, NULL, NULL,
    'ALTER DOMAIN ' || quote_ident(n.nspname) || '.' || quote_ident(t.typname) || ' ADD CONSTRAINT ' || quote_ident(k.conname) || ' ' ||
      pg_get_constraintdef(k.oid)
  FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_type t ON t.oid = k.contypid JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  WHERE k.contype = 'c' AND NOT k.convalidated AND ${ownSchema} AND ${standsAlone('pg_type', 't.oid')} ORDER BY 2, 5, 3`;

/** All but those on tables, their columns and indexes, views and sequences, which come along. */
const comments = `SELECT 'comment', NULL, o.identity, NULL, NULL, 'COMMENT ON ' || CASE
      WHEN o.type LIKE '%constraint' THEN 'CONSTRAINT' WHEN o.type LIKE '%column' THEN 'COLUMN' ELSE upper(o.type) END || ' ' ||
      CASE o.type WHEN 'domain constraint' THEN replace(o.identity, ' on ', ' ON DOMAIN ') ELSE o.identity END ||
      ' IS ' || quote_literal(d.description)
  FROM pg_catalog.pg_description d CROSS JOIN LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) o
  LEFT JOIN pg_catalog.pg_class c ON d.classoid = 'pg_catalog.pg_class'::regclass AND c.oid = d.objoid
  WHERE d.objoid >= 16384 AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
      WHERE e.classid = d.classoid AND e.objid = d.objoid AND e.deptype = 'e')
    AND d.classoid <> 'pg_catalog.pg_extension'::regclass AND coalesce(o.schema, '') NOT LIKE 'pg\\_%'
    AND (c.oid IS NULL OR (c.relispartition AND c.relkind IN ('r', 'p')) OR (d.objsubid > 0 AND c.relkind IN ('v', 'm', 'c', 'f')))
  ORDER BY o.type, o.identity`;

const grants = `SELECT 'grant', n.nspname, g.name, NULL, NULL, 'GRANT ' || g.what || ' TO ' ||
    CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END
  FROM pg_catalog.pg_namespace n CROSS JOIN LATERAL (
    SELECT c.relname || '.' || a.attname, g.privilege_type || ' (' || quote_ident(a.attname) || ') ON TABLE ' || ${table}, g.grantee
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid CROSS JOIN LATERAL aclexplode(a.attacl) g
      WHERE c.relnamespace = n.oid AND NOT a.attisdropped AND g.grantee <> c.relowner AND ${ownRelation}
    UNION ALL SELECT n.nspname, g.privilege_type || ' ON SCHEMA ' || quote_ident(n.nspname), g.grantee
      FROM aclexplode(n.nspacl) g WHERE g.grantee <> n.nspowner AND n.nspname <> 'public'
    UNION ALL SELECT p.proname, g.privilege_type || ' ON ROUTINE ' || p.oid::regprocedure, g.grantee
      FROM pg_catalog.pg_proc p CROSS JOIN LATERAL aclexplode(p.proacl) g
      WHERE p.pronamespace = n.oid AND g.grantee NOT IN (p.proowner, 0) AND ${standsAlone('pg_proc', 'p.oid')}
  ) g (name, what, grantee)
  WHERE ${ownSchema} ORDER BY 2, 3, 6`;

export const otherObjects = [
  ...[
    rowSecurity,
    replicaIdentities,
    clusters,
    columnSettings,
    viewDefaults,
    statistics,
    partitionSettings,
    indexes,
    constraints,
  ],
  ...[comments, grants, ...databaseObjects, ...rareObjects],
];
