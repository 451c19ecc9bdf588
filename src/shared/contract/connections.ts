import { z } from 'zod';
import { findingSchema } from '../model/finding.ts';
import { connectionBodySchema, savedConnectionSchema } from '../model/saved-connection.ts';
import { databaseListingSchema, previewSchema, serverStatusSchema, structureSchema } from '../model/structure.ts';
import { databaseErrors, type Operation } from './operation.ts';

const byId = z.strictObject({ id: z.string() });
const named = z.strictObject({ name: z.string().min(1).max(255) });
const success = z.strictObject({ status: z.literal('success') });
const pingAnswer = serverStatusSchema.extend({ ping: z.literal('ok') });
const pingFailure = { status: 503, fields: { ping: 'failed' } } as const;
const asksDatabase = ['not_found', ...databaseErrors] as const;

export const connectionOperations = {
  'connections.list': {
    method: 'GET',
    path: '/connections',
    summary: 'List connections, without secrets',
    input: z.strictObject({}),
    output: z.array(savedConnectionSchema),
    status: 200,
    errors: [],
  },
  'connections.create': {
    method: 'POST',
    path: '/connections',
    summary: 'Create a connection',
    description:
      'The password and the TLS client key go to the keychain and are never answered. A password may be `${NAME}`, an environment variable that is read at each connect. `url` is a shorthand for the other fields.',
    input: z.strictObject({ body: connectionBodySchema }),
    output: z.strictObject({ id: z.string(), created: z.int() }),
    status: 201,
    errors: ['keychain_failed'],
  },
  'connections.get': {
    method: 'GET',
    path: '/connections/{id}',
    summary: 'Get a connection, without secrets',
    input: byId,
    output: savedConnectionSchema,
    status: 200,
    errors: ['not_found'],
  },
  'connections.update': {
    method: 'PUT',
    path: '/connections/{id}',
    summary: 'Replace a connection',
    description:
      'An absent password or client key keeps the stored one, an empty one removes it. Host, port, database and path of a connection that an active stream uses cannot change.',
    input: byId.extend({ body: connectionBodySchema }),
    output: savedConnectionSchema,
    status: 200,
    errors: ['not_found', 'conflict', 'keychain_failed'],
  },
  'connections.delete': {
    method: 'DELETE',
    path: '/connections/{id}',
    summary: 'Delete a connection and its secrets',
    input: byId,
    output: z.void(),
    status: 204,
    errors: ['not_found', 'conflict', 'keychain_failed'],
  },
  'connections.clone': {
    method: 'PUT',
    path: '/connections/{id}/clone',
    summary: 'Copy a connection with its secrets',
    input: byId,
    output: savedConnectionSchema,
    status: 200,
    errors: ['not_found', 'keychain_failed'],
  },
  'connections.ping': {
    method: 'POST',
    path: '/connections/{id}/ping',
    summary: 'Connect, log in and run one query',
    input: byId,
    output: pingAnswer,
    status: 200,
    errors: ['not_found'],
    failure: pingFailure,
  },
  'connections.test': {
    method: 'POST',
    path: '/connections/test',
    summary: 'Ping a connection that is not saved',
    description: 'With the `id` of a saved connection in the body, absent secrets are taken from that one.',
    input: z.strictObject({ body: connectionBodySchema }),
    output: pingAnswer,
    status: 200,
    errors: ['config_invalid'],
    failure: pingFailure,
  },
  'connections.databases': {
    method: 'GET',
    path: '/connections/{id}/databases',
    summary: 'List the databases of the server',
    input: byId,
    output: z.array(databaseListingSchema),
    status: 200,
    errors: asksDatabase,
  },
  'connections.createDatabase': {
    method: 'POST',
    path: '/connections/{id}/databases',
    summary: 'Create a database',
    input: byId.extend({ body: named }),
    output: success,
    status: 200,
    errors: [...asksDatabase, 'conflict'],
    textBody: 'name',
  },
  'connections.createSchema': {
    method: 'POST',
    path: '/connections/{id}/schemas',
    summary: 'Create a schema',
    description: 'In the database of the connection unless `database` names another.',
    input: byId.extend({ database: z.string().min(1).optional(), body: named }),
    output: success,
    status: 200,
    errors: [...asksDatabase, 'conflict'],
    textBody: 'name',
  },
  'connections.tables': {
    method: 'GET',
    path: '/connections/{id}/tables',
    summary: 'List table names, `schema.table` outside the default schema',
    input: byId,
    output: z.array(z.string()),
    status: 200,
    errors: asksDatabase,
  },
  'connections.views': {
    method: 'GET',
    path: '/connections/{id}/views',
    summary: 'List view names, `schema.view` outside the default schema',
    input: byId,
    output: z.array(z.string()),
    status: 200,
    errors: asksDatabase,
  },
  'connections.meta': {
    method: 'GET',
    path: '/connections/{id}/meta',
    summary: 'Full structure of the database',
    description: 'Kept in memory once read; `refresh=true` reads it again.',
    input: byId.extend({ refresh: z.boolean().default(false) }),
    output: structureSchema,
    status: 200,
    errors: asksDatabase,
  },
  'connections.preview': {
    method: 'GET',
    path: '/connections/{id}/tables/{table}/data',
    summary: 'A page of rows of a table',
    input: byId.extend({
      table: z.string().min(1),
      limit: z.int().min(1).max(1000).default(100),
      offset: z.int().min(0).default(0),
    }),
    output: previewSchema,
    status: 200,
    errors: asksDatabase,
  },
  'connections.preflight': {
    method: 'GET',
    path: '/connections/{id}/preflight',
    summary: 'Everything that a run in this role would trip over, each with the statement that mends it',
    input: byId.extend({
      role: z.enum(['source', 'target']),
      mode: z.enum(['convert', 'cdc']).default('convert'),
    }),
    output: z.array(findingSchema),
    status: 200,
    errors: asksDatabase,
  },
} as const satisfies Record<string, Operation>;
