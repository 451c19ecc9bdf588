/** Queries over PostgreSQL's catalogs. `$1` is an array of table oids wherever it occurs. */

/** Relations that are the user's own: not the server's, not an extension's, not ours. */
export const ownRelation = `n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
  AND c.relname NOT LIKE '\\_sluice\\_%'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
    WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')`;

export const schemasSql = `SELECT n.nspname FROM pg_catalog.pg_namespace n
  WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY 1`;

/** reltuples is -1 (before 14: 0 of 0 pages) where the server never counted. A partitioned table is its leaves. */
export const tablesSql = `SELECT n.nspname, c.relname, c.relkind, bool_and(l.known), sum(l.rows)::int8, sum(l.bytes)::int8
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN LATERAL pg_partition_tree(CASE c.relkind WHEN 'p' THEN c.oid END) t ON t.isleaf
  CROSS JOIN LATERAL (
    SELECT p.reltuples > 0 OR (p.reltuples = 0 AND p.relpages > 0) OR pg_relation_size(p.oid) = 0 AS known,
      greatest(p.reltuples, 0) AS rows, pg_table_size(p.oid) AS bytes
    FROM pg_catalog.pg_class p WHERE p.oid = coalesce(t.relid, c.oid)
  ) l
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't' AND ${ownRelation}
  GROUP BY n.nspname, c.relname, c.relkind
  ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`;

/** A name as SQL that finds what it means: with its schema where that is not on the path. */
const found = (catalog: 'collation' | 'opclass', alias: string, schema: string, name: string) =>
  `CASE WHEN pg_${catalog}_is_visible(${alias}.oid) THEN '' ELSE (SELECT quote_ident(nspname) || '.'
    FROM pg_catalog.pg_namespace WHERE oid = ${alias}.${schema}) END || quote_ident(${alias}.${name})`;
const collationText = found('collation', 'l', 'collnamespace', 'collname');

/**
 * Collations of the user's own. Columns differ between versions, which a row as JSON does not mind: ICU's locale was `colliculocale`
 * in 15 and 16, and `collcollate` before.
 */
export const collationsSql = `SELECT l.oid, ${collationText}, l.collisdeterministic, l.collprovider,
    CASE l.collprovider WHEN 'i' THEN coalesce(j->>'colllocale', j->>'colliculocale', j->>'collcollate') ELSE j->>'colllocale' END,
    CASE l.collprovider WHEN 'c' THEN j->>'collcollate' END, CASE l.collprovider WHEN 'c' THEN j->>'collctype' END, j->>'collicurules'
  FROM pg_catalog.pg_collation l CROSS JOIN LATERAL to_jsonb(l) j
  JOIN pg_catalog.pg_namespace n ON n.oid = l.collnamespace
  WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY l.oid`;

/** `$1` schemas, `$2` names, in the order of the answer. */
export const findSql = `SELECT c.oid, n.nspname, c.relname, c.relkind, c.relpersistence, array_to_json(c.reloptions),
    d.description, pg_get_partkeydef(c.oid)
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY w (schema, name, position)
  JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema
  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
  LEFT JOIN pg_catalog.pg_description d
    ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = 0
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  ORDER BY w.position`;

/** A NOT NULL that PostgreSQL 18 has not validated may have NULLs below it. */
export const columnsSql = (version: number) => `SELECT a.attrelid, a.attname, a.atttypid, a.atttypmod,
    format_type(a.atttypid, a.atttypmod),
    a.attnotnull ${version < 180000 ? '' : `AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint n WHERE n.conrelid = a.attrelid AND n.contype = 'n' AND n.conkey[1] = a.attnum AND NOT n.convalidated)`},
    pg_get_expr(f.adbin, f.adrelid), a.attidentity, a.attgenerated, a.attcollation, CASE WHEN l.oid IS NOT NULL THEN ${collationText} END, d.description, s.objid
  FROM pg_catalog.pg_attribute a
  LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
  LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
  LEFT JOIN pg_catalog.pg_description d
    ON d.objoid = a.attrelid AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = a.attnum
  LEFT JOIN LATERAL (
    SELECT p.objid FROM pg_catalog.pg_depend p
    WHERE a.attidentity <> '' AND p.classid = 'pg_catalog.pg_class'::regclass
      AND p.refclassid = 'pg_catalog.pg_class'::regclass AND p.refobjid = a.attrelid AND p.refobjsubid = a.attnum
      AND p.deptype = 'i'
    UNION ALL
    SELECT p.refobjid FROM pg_catalog.pg_depend p JOIN pg_catalog.pg_class q ON q.oid = p.refobjid AND q.relkind = 'S'
    WHERE p.classid = 'pg_catalog.pg_attrdef'::regclass AND p.objid = f.oid
      AND p.refclassid = 'pg_catalog.pg_class'::regclass
    LIMIT 1
  ) s ON true
  WHERE a.attrelid = ANY($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attrelid, a.attnum`;

/** All types that a column can have; row types of tables are left out. */
export const typesSql = `SELECT t.oid, t.typname, n.nspname = 'pg_catalog', t.typtype, t.typbasetype, t.typtypmod,
    format_type(nullif(t.typbasetype, 0), t.typtypmod), t.typnotnull, t.typcollation, pg_get_expr(t.typdefaultbin, 0),
    CASE WHEN t.typcategory = 'A' AND t.typlen = -1 AND t.typname NOT IN ('int2vector', 'oidvector') THEN t.typelem ELSE 0 END,
    (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid),
    x.extname, (SELECT m.nspname FROM pg_catalog.pg_namespace m WHERE m.oid = x.extnamespace), format_type(t.oid, NULL),
    CASE t.typtype WHEN 'c' THEN (SELECT json_agg(json_build_object('type', a.atttypid::text, 'sql',
        quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)
      FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)
    WHEN 'r' THEN (SELECT json_build_array(json_build_object('type', r.rngsubtype::text, 'sql',
        'SUBTYPE = ' || format_type(r.rngsubtype, NULL)))
      FROM pg_catalog.pg_range r WHERE r.rngtypid = t.oid) END
  FROM pg_catalog.pg_type t
  JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
  LEFT JOIN pg_catalog.pg_depend d
    ON d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
  LEFT JOIN pg_catalog.pg_extension x ON x.oid = d.refobjid
  WHERE (t.typtype <> 'c' OR c.relkind = 'c')
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e JOIN pg_catalog.pg_class r ON r.oid = e.typrelid
      WHERE e.oid = t.typelem AND r.relkind <> 'c')`;

export const domainChecksSql = `SELECT c.contypid, c.conname, pg_get_expr(c.conbin, 0), c.convalidated
  FROM pg_catalog.pg_constraint c
  WHERE c.contypid <> 0 AND c.contype = 'c' ORDER BY c.contypid, c.conname`;

/** One row for each column of each index. Indexes that are not valid may lack rows and are left out. */
export const indexesSql = (
  version: number,
) => `SELECT i.indrelid, i.indexrelid, c.relname, i.indisunique, i.indisprimary,
    m.amname, k.contype, k.condeferrable, k.condeferred, pg_get_expr(i.indpred, i.indrelid),
    ${version < 150000 ? 'false' : 'i.indnullsnotdistinct'}, d.description, pg_get_indexdef(c.oid), pg_get_constraintdef(k.oid),
    p.position > i.indnkeyatts, a.attname,
    CASE WHEN i.indkey[p.position - 1] = 0 THEN pg_get_indexdef(c.oid, p.position, false) END,
    i.indoption[p.position - 1] & 1, i.indoption[p.position - 1] & 2,
    CASE WHEN o.oid IS NOT NULL THEN ${found('opclass', 'o', 'opcnamespace', 'opcname')}
      || coalesce(' (' || array_to_string(ia.attoptions, ', ') || ')', '') END,
    CASE WHEN l.oid IS NOT NULL THEN ${collationText} END, l.oid, array_to_json(c.reloptions),
    ${version < 180000 ? 'false' : 'coalesce(k.conperiod, false)'}
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_am m ON m.oid = c.relam
  LEFT JOIN pg_catalog.pg_constraint k
    ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
  LEFT JOIN pg_catalog.pg_description d
    ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = 0
  CROSS JOIN LATERAL generate_series(1, i.indnatts) p (position)
  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = nullif(i.indkey[p.position - 1], 0)
  LEFT JOIN pg_catalog.pg_attribute ia ON ia.attrelid = i.indexrelid AND ia.attnum = p.position
  LEFT JOIN pg_catalog.pg_opclass o
    ON o.oid = i.indclass[p.position - 1] AND (NOT o.opcdefault OR ia.attoptions IS NOT NULL)
  LEFT JOIN pg_catalog.pg_collation l
    ON l.oid = i.indcollation[p.position - 1] AND l.oid <> coalesce(a.attcollation, 100)
  WHERE i.indrelid = ANY($1::oid[]) AND i.indisvalid AND i.indisready
  ORDER BY i.indrelid, c.relname COLLATE "C", p.position`;

const names = (key: string, relation: string) =>
  `(SELECT json_agg(a.attname ORDER BY o.position) FROM unnest(${key}) WITH ORDINALITY o (number, position)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = ${relation} AND a.attnum = o.number)`;

/** Foreign keys and checks. What PostgreSQL adds for the partitions of a referenced table has a parent. */
export const constraintsSql = (version: number) => `SELECT k.conrelid, k.conname, k.contype,
    k.condeferrable, k.condeferred, k.convalidated, ${version < 180000 ? 'true' : 'k.conenforced'},
    ${names('k.conkey', 'k.conrelid')}, n.nspname, r.relname, ${names('k.confkey', 'k.confrelid')},
    k.confdeltype, k.confupdtype, k.confmatchtype, pg_get_expr(k.conbin, k.conrelid),
    ${version < 150000 ? 'NULL' : names('k.confdelsetcols', 'k.conrelid')}
  FROM pg_catalog.pg_constraint k
  LEFT JOIN pg_catalog.pg_class r ON r.oid = k.confrelid
  LEFT JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
  WHERE k.conrelid = ANY($1::oid[]) AND k.contype IN ('f', 'c') AND k.conparentid = 0
    ${version < 180000 ? '' : 'AND NOT k.conperiod'}
  ORDER BY k.conrelid, k.conname COLLATE "C"`;

/** Those of partitions too: table, parent, schema, name, bound, key of its own partitions, oid. */
export const partitionsSql = `WITH RECURSIVE part (root, parent, oid) AS (
    SELECT i.inhparent, i.inhparent, i.inhrelid FROM pg_catalog.pg_inherits i WHERE i.inhparent = ANY($1::oid[])
    UNION ALL SELECT p.root, p.oid, i.inhrelid FROM part p JOIN pg_catalog.pg_inherits i ON i.inhparent = p.oid
  )
  SELECT p.root, p.parent, n.nspname, c.relname, pg_get_expr(c.relpartbound, c.oid), pg_get_partkeydef(c.oid), p.oid
  FROM part p
  JOIN pg_catalog.pg_class c ON c.oid = p.oid AND c.relispartition
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  ORDER BY p.root, n.nspname COLLATE "C", c.relname COLLATE "C"`;

/**
 * Functions that defaults, checks and indexes call, and operator classes of extensions that indexes use: table,
 * extension and its schema, and the statement that makes a function which belongs to none. Functions over the table's own row type
 * are left out: they cannot come before the table.
 */
export const routinesSql = `SELECT DISTINCT u.relation, x.extname, (SELECT m.nspname FROM pg_catalog.pg_namespace m WHERE m.oid = x.extnamespace),
    CASE WHEN x.oid IS NULL THEN regexp_replace(pg_get_functiondef(p.oid), '^CREATE OR REPLACE', 'CREATE') END
  FROM (
    SELECT f.adrelid AS relation, d.refclassid, d.refobjid FROM pg_catalog.pg_attrdef f
      JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.objid = f.oid
      WHERE f.adrelid = ANY($1::oid[])
    UNION SELECT k.conrelid, d.refclassid, d.refobjid FROM pg_catalog.pg_constraint k
      JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_constraint'::regclass AND d.objid = k.oid
      WHERE k.conrelid = ANY($1::oid[])
    UNION SELECT i.indrelid, d.refclassid, d.refobjid FROM pg_catalog.pg_index i
      JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = i.indexrelid
      WHERE i.indrelid = ANY($1::oid[])
  ) u
  LEFT JOIN pg_catalog.pg_depend e ON e.classid = u.refclassid AND e.objid = u.refobjid AND e.deptype = 'e'
  LEFT JOIN pg_catalog.pg_extension x ON x.oid = e.refobjid
  LEFT JOIN pg_catalog.pg_proc p ON u.refclassid = 'pg_catalog.pg_proc'::regclass AND p.oid = u.refobjid AND p.prokind = 'f'
  WHERE (x.oid IS NOT NULL AND u.refclassid IN ('pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_opclass'::regclass))
    OR (p.oid IS NOT NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_type t JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
      WHERE t.oid = ANY(p.proargtypes::oid[]) AND c.relkind <> 'c'))
  ORDER BY 1, 2, 4`;

/** Inheritance parents and children that are not partitions. */
export const inheritanceSql = `SELECT i.inhrelid, i.inhparent, p.relname FROM pg_catalog.pg_inherits i
  JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid AND NOT c.relispartition
  JOIN pg_catalog.pg_class p ON p.oid = i.inhparent AND p.relkind IN ('r', 'f')
  WHERE i.inhrelid = ANY($1::oid[]) OR i.inhparent = ANY($1::oid[])`;

/** True for a sequence that numbers one column: an identity column, or one of type serial. */
const servesColumn = `EXISTS (SELECT FROM pg_catalog.pg_depend d
    WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass
      AND (d.deptype = 'i' OR (d.deptype = 'a' AND EXISTS (SELECT FROM pg_catalog.pg_attrdef f
        JOIN pg_catalog.pg_depend u ON u.classid = 'pg_catalog.pg_attrdef'::regclass AND u.objid = f.oid
        WHERE f.adrelid = d.refobjid AND f.adnum = d.refobjsubid AND u.refobjid = c.oid
          AND pg_get_expr(f.adbin, f.adrelid) ~ '^nextval\\([^()]*\\)$'))))`;

/** `$1`: oids of sequences; NULL: all that are objects of their own. */
export const sequencesSql = `SELECT s.seqrelid, n.nspname, c.relname, format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement,
    s.seqmin, s.seqmax, s.seqcache, s.seqcycle, d.description, has_sequence_privilege(s.seqrelid, 'SELECT'), ${servesColumn}
  FROM pg_catalog.pg_sequence s
  JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_description d
    ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = 0
  WHERE s.seqrelid = ANY($1::oid[]) OR ($1 IS NULL AND c.relpersistence <> 't' AND ${ownRelation} AND NOT ${servesColumn})
  ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`;
