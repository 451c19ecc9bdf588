/** Objects that few databases have, with the statements that make them where the catalogs tell enough to write one. */
import { ownSchema, standsAlone } from './postgres-objects-sql.ts';

/** Columns of each query as in postgres-objects.ts: kind, schema, name, schema and name of its table, definition. */
const described = (catalog: string, oid: string) => `pg_describe_object('pg_catalog.${catalog}'::regclass, ${oid}, 0)`;
const qualified = (schema: string, name: string) => `quote_ident(${schema}) || '.' || quote_ident(${name})`;
const schemaOf = (oid: string) => `(SELECT quote_ident(nspname) FROM pg_catalog.pg_namespace WHERE oid = ${oid})`;
/** A clause, or nothing where its value is NULL. */
const clause = (words: string, value: string) => `coalesce('${words}' || ${value}, '')`;
/** `ARRAY[a=b]` => ` OPTIONS (a 'b')`, without what may be a secret. */
const options = (array: string) =>
  `coalesce((SELECT ' OPTIONS (' || string_agg(quote_ident(split_part(o, '=', 1)) || ' ' || quote_literal(substr(o, strpos(o, '=') + 1)), ', ') || ')'
    FROM unnest(${array}) o WHERE split_part(o, '=', 1) !~* 'pass|secret|key|token'), '')`;
const operator = (oid: string) =>
  `(SELECT 'OPERATOR(' || ${schemaOf('r.oprnamespace')} || '.' || r.oprname || ')' FROM pg_catalog.pg_operator r WHERE r.oid = nullif(${oid}, 0))`;
const routine = (oid: string) => `nullif(${oid}, 0)::regproc::text`;

export const aggregates = `SELECT 'routine', n.nspname, p.proname, NULL, NULL,
    'CREATE AGGREGATE ' || ${qualified('n.nspname', 'p.proname')} || '(' || coalesce(nullif(pg_get_function_arguments(p.oid), ''), '*') || ') (SFUNC = ' ||
    a.aggtransfn::regproc || ', STYPE = ' || format_type(a.aggtranstype, NULL) || ${clause(', SSPACE = ', 'nullif(a.aggtransspace, 0)')} ||
    ${clause(', FINALFUNC = ', routine('a.aggfinalfn'))} || CASE WHEN a.aggfinalextra THEN ', FINALFUNC_EXTRA' ELSE '' END ||
    ${clause(', COMBINEFUNC = ', routine('a.aggcombinefn'))} || ${clause(', SERIALFUNC = ', routine('a.aggserialfn'))} ||
    ${clause(', DESERIALFUNC = ', routine('a.aggdeserialfn'))} || ${clause(', INITCOND = ', 'quote_literal(a.agginitval)')} ||
    ${clause(', MSFUNC = ', routine('a.aggmtransfn'))} || ${clause(', MINVFUNC = ', routine('a.aggminvtransfn'))} ||
    ${clause(', MSTYPE = ', 'format_type(nullif(a.aggmtranstype, 0), NULL)')} || ${clause(', MFINALFUNC = ', routine('a.aggmfinalfn'))} ||
    ${clause(', MINITCOND = ', 'quote_literal(a.aggminitval)')} || ${clause(', SORTOP = ', operator('a.aggsortop'))} ||
    CASE p.proparallel WHEN 's' THEN ', PARALLEL = SAFE' WHEN 'r' THEN ', PARALLEL = RESTRICTED' ELSE '' END ||
    CASE WHEN a.aggkind = 'h' THEN ', HYPOTHETICAL' ELSE '' END || ')'
  FROM pg_catalog.pg_aggregate a JOIN pg_catalog.pg_proc p ON p.oid = a.aggfnoid JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  WHERE ${ownSchema} AND ${standsAlone('pg_proc', 'p.oid')} ORDER BY 2, 3, pg_get_function_identity_arguments(p.oid)`;

/** Each: catalog, alias, statement. */
const statements: readonly (readonly [catalog: string, from: string, sql: string])[] = [
  [
    'pg_cast',
    'pg_catalog.pg_cast x',
    `'CREATE CAST (' || format_type(x.castsource, NULL) || ' AS ' || format_type(x.casttarget, NULL) || ') ' ||
      CASE x.castmethod WHEN 'f' THEN 'WITH FUNCTION ' || x.castfunc::regprocedure WHEN 'i' THEN 'WITH INOUT' ELSE 'WITHOUT FUNCTION' END ||
      CASE x.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' ELSE '' END`,
  ],
  [
    'pg_operator',
    'pg_catalog.pg_operator x',
    `'CREATE OPERATOR ' || ${schemaOf('x.oprnamespace')} || '.' || x.oprname || ' (FUNCTION = ' || x.oprcode ||
      ${clause(', LEFTARG = ', 'format_type(nullif(x.oprleft, 0), NULL)')} || ${clause(', RIGHTARG = ', 'format_type(nullif(x.oprright, 0), NULL)')} ||
      ${clause(', COMMUTATOR = ', operator('x.oprcom'))} || ${clause(', NEGATOR = ', operator('x.oprnegate'))} ||
      ${clause(', RESTRICT = ', routine('x.oprrest'))} || ${clause(', JOIN = ', routine('x.oprjoin'))} ||
      CASE WHEN x.oprcanhash THEN ', HASHES' ELSE '' END || CASE WHEN x.oprcanmerge THEN ', MERGES' ELSE '' END || ')'`,
  ],
  [
    'pg_ts_dict',
    'pg_catalog.pg_ts_dict x',
    `'CREATE TEXT SEARCH DICTIONARY ' || ${schemaOf('x.dictnamespace')} || '.' || quote_ident(x.dictname) || ' (TEMPLATE = ' ||
      (SELECT ${schemaOf('t.tmplnamespace')} || '.' || quote_ident(t.tmplname) FROM pg_catalog.pg_ts_template t WHERE t.oid = x.dicttemplate) ||
      ${clause(', ', 'x.dictinitoption')} || ')'`,
  ],
  [
    'pg_ts_config',
    'pg_catalog.pg_ts_config x',
    `'CREATE TEXT SEARCH CONFIGURATION ' || ${schemaOf('x.cfgnamespace')} || '.' || quote_ident(x.cfgname) || ' (PARSER = ' ||
      (SELECT ${schemaOf('p.prsnamespace')} || '.' || quote_ident(p.prsname) FROM pg_catalog.pg_ts_parser p WHERE p.oid = x.cfgparser) || ')' ||
      coalesce((SELECT string_agg('; ALTER TEXT SEARCH CONFIGURATION ' || ${schemaOf('x.cfgnamespace')} || '.' || quote_ident(x.cfgname) ||
          ' ADD MAPPING FOR ' || m.token || ' WITH ' || m.dicts, '' ORDER BY m.token)
        FROM (SELECT t.alias AS token, string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY m.mapseqno) AS dicts
          FROM pg_catalog.pg_ts_config_map m JOIN LATERAL ts_token_type(x.cfgparser) t ON t.tokid = m.maptokentype
          WHERE m.mapcfg = x.oid GROUP BY t.alias) m), '')`,
  ],
  [
    'pg_event_trigger',
    'pg_catalog.pg_event_trigger x',
    `'CREATE EVENT TRIGGER ' || quote_ident(x.evtname) || ' ON ' || x.evtevent ||
      coalesce(' WHEN TAG IN (' || (SELECT string_agg(quote_literal(t), ', ') FROM unnest(x.evttags) t) || ')', '') ||
      ' EXECUTE FUNCTION ' || x.evtfoid::regproc || '()' || CASE x.evtenabled WHEN 'O' THEN '' ELSE '; ALTER EVENT TRIGGER ' || quote_ident(x.evtname) ||
      CASE x.evtenabled WHEN 'D' THEN ' DISABLE' WHEN 'R' THEN ' ENABLE REPLICA' ELSE ' ENABLE ALWAYS' END END`,
  ],
  [
    'pg_foreign_data_wrapper',
    'pg_catalog.pg_foreign_data_wrapper x',
    `'CREATE FOREIGN DATA WRAPPER ' || quote_ident(x.fdwname) || ${clause(' HANDLER ', routine('x.fdwhandler'))} ||
      ${clause(' VALIDATOR ', routine('x.fdwvalidator'))} || ${options('x.fdwoptions')}`,
  ],
  [
    'pg_foreign_server',
    'pg_catalog.pg_foreign_server x',
    `'CREATE SERVER ' || quote_ident(x.srvname) || ${clause(' TYPE ', 'quote_literal(x.srvtype)')} || ${clause(' VERSION ', 'quote_literal(x.srvversion)')} ||
      ' FOREIGN DATA WRAPPER ' || (SELECT quote_ident(w.fdwname) FROM pg_catalog.pg_foreign_data_wrapper w WHERE w.oid = x.srvfdw) ||
      ${options('x.srvoptions')}`,
  ],
  [
    'pg_collation',
    `(SELECT l.*, to_jsonb(l) AS j FROM pg_catalog.pg_collation l WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
        JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') WHERE a.attcollation = l.oid)
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_index i WHERE l.oid = ANY(i.indcollation::oid[]))
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_type t WHERE t.typcollation = l.oid)) x`,
    `'CREATE COLLATION ' || ${schemaOf('x.collnamespace')} || '.' || quote_ident(x.collname) || ' (PROVIDER = ' ||
      CASE x.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END || CASE WHEN x.collprovider = 'c'
        THEN ', LC_COLLATE = ' || quote_literal(x.j->>'collcollate') || ', LC_CTYPE = ' || quote_literal(x.j->>'collctype')
        ELSE ', LOCALE = ' || quote_literal(coalesce(x.j->>'colllocale', x.j->>'colliculocale', x.j->>'collcollate')) END ||
      CASE WHEN x.collisdeterministic THEN '' ELSE ', DETERMINISTIC = false' END || ')'`,
  ],
];

/** By name only. */
const named = [
  ...['pg_opclass', 'pg_opfamily', 'pg_ts_parser', 'pg_ts_template', 'pg_conversion', 'pg_publication', 'pg_am'],
  ...['pg_language', 'pg_transform'],
];

export const rareObjects = [
  ...statements.map(
    ([catalog, from, sql]) => `SELECT 'object', NULL, ${described(catalog, 'x.oid')}, NULL, NULL, ${sql}
  FROM ${from} WHERE x.oid >= 16384 AND ${standsAlone(catalog, 'x.oid')} ORDER BY 3`,
  ),
  `${named
    .map(
      (catalog) => `SELECT 'object', NULL, ${described(catalog, 'x.oid')}, NULL, NULL, ''
  FROM pg_catalog.${catalog} x WHERE x.oid >= 16384 AND ${standsAlone(catalog, 'x.oid')}`,
    )
    .join('\n  UNION ALL ')}
  UNION ALL SELECT 'object', NULL, 'user mapping for ' || usename || ' on server ' || srvname, NULL, NULL, '' FROM pg_catalog.pg_user_mappings
  UNION ALL SELECT 'object', NULL, 'subscription ' || subname, NULL, NULL, '' FROM pg_catalog.pg_subscription s
    JOIN pg_catalog.pg_database d ON d.oid = s.subdbid AND d.datname = current_database()
  UNION ALL SELECT 'object', NULL, count(*) || ' large objects', NULL, NULL, '' FROM pg_catalog.pg_largeobject_metadata HAVING count(*) > 0
  ORDER BY 3`,
];

/** Of the database as a whole; the statements name none, since the target's is called otherwise. */
export const databaseObjects = [
  `SELECT 'comment', NULL, 'database', NULL, NULL, 'DO $$ BEGIN EXECUTE format(''COMMENT ON DATABASE %I IS %L'', current_database(), ' ||
      quote_literal(d.description) || '); END $$'
    FROM pg_catalog.pg_shdescription d JOIN pg_catalog.pg_database b ON b.oid = d.objoid AND b.datname = current_database()
    WHERE d.classoid = 'pg_catalog.pg_database'::regclass`,
  `SELECT 'comment', NULL, 'schema public', NULL, NULL, 'COMMENT ON SCHEMA public IS ' || quote_literal(d.description)
    FROM pg_catalog.pg_description d JOIN pg_catalog.pg_namespace n ON n.oid = d.objoid AND n.nspname = 'public'
    WHERE d.classoid = 'pg_catalog.pg_namespace'::regclass AND n.oid < 16384 AND d.description <> 'standard public schema'`,
  `SELECT 'setting', NULL, split_part(o, '=', 1) || coalesce(' of role ' || r.rolname, '') || ' in the database', NULL, NULL,
      'DO $$ BEGIN EXECUTE format(''ALTER ' || CASE WHEN r.oid IS NULL THEN 'DATABASE %I' ELSE 'ROLE ' || quote_ident(r.rolname) || ' IN DATABASE %I' END ||
      ' SET %I = %L'', current_database(), ' || quote_literal(split_part(o, '=', 1)) || ', ' || quote_literal(substr(o, strpos(o, '=') + 1)) || '); END $$'
    FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database b ON b.oid = s.setdatabase AND b.datname = current_database()
    LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole CROSS JOIN LATERAL unnest(s.setconfig) o ORDER BY 3`,
  `SELECT 'grant', NULL, 'default privileges of ' || pg_get_userbyid(a.defaclrole), NULL, NULL,
      'ALTER DEFAULT PRIVILEGES FOR ROLE ' || quote_ident(pg_get_userbyid(a.defaclrole)) || coalesce(' IN SCHEMA ' || quote_ident(n.nspname), '') ||
      ' GRANT ' || string_agg(g.privilege_type, ', ' ORDER BY g.privilege_type) || ' ON ' ||
      CASE a.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'ROUTINES' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END ||
      ' TO ' || CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END || CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
    FROM pg_catalog.pg_default_acl a LEFT JOIN pg_catalog.pg_namespace n ON n.oid = a.defaclnamespace CROSS JOIN LATERAL aclexplode(a.defaclacl) g
    WHERE g.grantee <> a.defaclrole GROUP BY a.defaclrole, n.nspname, a.defaclobjtype, g.grantee, g.is_grantable ORDER BY 6`,
];
