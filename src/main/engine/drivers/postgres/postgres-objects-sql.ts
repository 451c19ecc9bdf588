/** Conditions that queries for objects of the user's own share. */

/** Of `n`, a row of pg_namespace. */
export const ownSchema = `n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'`;

/** Neither part of an extension nor made with another object. */
export const standsAlone = (catalog: string, oid: string) => `NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
  WHERE e.classid = 'pg_catalog.${catalog}'::regclass AND e.objid = ${oid} AND e.deptype IN ('e', 'i'))`;
