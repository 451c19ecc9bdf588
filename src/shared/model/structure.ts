import { z } from 'zod';

const keySchema = z.object({ name: z.string().nullable(), columns: z.array(z.string()) });

export const columnStructureSchema = z.object({
  name: z.string(),
  /** As the database prints it. */
  type: z.string(),
  nullable: z.boolean(),
  /** The database's own SQL; null: no default. */
  default: z.string().nullable(),
  /** Numbers itself: AUTO_INCREMENT, serial, identity, SQLite's INTEGER PRIMARY KEY. */
  identity: z.boolean(),
  /** Expression of a generated column. */
  generated: z.string().nullable(),
  collation: z.string().nullable(),
  comment: z.string().nullable(),
});

export const tableStructureSchema = z.object({
  /** `schema.table` outside the default schema. */
  name: z.string(),
  columns: z.array(columnStructureSchema),
  primaryKey: keySchema.nullable(),
  foreignKeys: z.array(
    keySchema.extend({
      table: z.string(),
      references: z.array(z.string()),
      onDelete: z.string(),
      onUpdate: z.string(),
    }),
  ),
  indexes: z.array(
    z.object({
      name: z.string(),
      unique: z.boolean(),
      /** Column names, or expressions in the database's own SQL. */
      parts: z.array(z.string()),
      method: z.string(),
      /** Condition of a partial index. */
      where: z.string().nullable(),
    }),
  ),
  checks: z.array(z.object({ name: z.string().nullable(), sql: z.string() })),
  /** Statements that make the table in its own database. */
  ddl: z.string(),
  comment: z.string().nullable(),
  /** The database's own estimates; null when it has none. */
  estimatedRows: z.int().nullable(),
  estimatedBytes: z.int().nullable(),
});
export type TableStructure = z.infer<typeof tableStructureSchema>;

/** Full structure of a database. */
export const structureSchema = z.object({
  tables: z.array(tableStructureSchema),
  views: z.array(z.object({ name: z.string(), definition: z.string() })),
});
export type Structure = z.infer<typeof structureSchema>;

export const databaseListingSchema = z.object({
  name: z.string(),
  /** Where the database has schemas. */
  schemas: z.array(z.string()).optional(),
});
export type DatabaseListing = z.infer<typeof databaseListingSchema>;

/** Rows of a table for a person to look at. Values as text, so that nothing is rounded; null = NULL. */
export const previewSchema = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string().nullable())),
  /** Rows in this page. */
  count: z.int(),
  limit: z.int(),
  offset: z.int(),
});
export type Preview = z.infer<typeof previewSchema>;

export const serverStatusSchema = z.object({
  /** As the server prints it. */
  version: z.string(),
  /** Connect, log in and one query, in milliseconds. */
  latencyMs: z.number(),
});
export type ServerStatus = z.infer<typeof serverStatusSchema>;
