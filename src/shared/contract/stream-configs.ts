import { z } from 'zod';
import { copyPlanSchema, profileReportSchema } from '../model/copy-plan.ts';
import { savedStreamConfigSchema, streamConfigBodySchema } from '../model/saved-stream-config.ts';
import { databaseErrors, type Operation } from './operation.ts';

const byId = z.strictObject({ id: z.string() });
const asksDatabase = ['not_found', 'table_missing', 'column_missing', 'query_invalid', ...databaseErrors] as const;

export const streamConfigOperations = {
  'streamConfigs.list': {
    method: 'GET',
    path: '/stream-configs',
    summary: 'List stream configurations',
    input: z.strictObject({}),
    output: z.array(savedStreamConfigSchema),
    status: 200,
    errors: [],
  },
  'streamConfigs.create': {
    method: 'POST',
    path: '/stream-configs',
    summary: 'Create a stream configuration',
    description: 'Answers the complete configuration. `tables` absent, or `[{"name": "*"}]`, means every table.',
    input: z.strictObject({ body: streamConfigBodySchema }),
    output: savedStreamConfigSchema,
    status: 201,
    errors: [],
  },
  'streamConfigs.validate': {
    method: 'POST',
    path: '/stream-configs/validate',
    summary: 'Check a stream configuration without saving it or connecting anywhere',
    input: z.strictObject({ body: streamConfigBodySchema }),
    output: z.strictObject({ valid: z.literal(true) }),
    status: 200,
    errors: [],
  },
  'streamConfigs.get': {
    method: 'GET',
    path: '/stream-configs/{id}',
    summary: 'Get a stream configuration',
    input: byId,
    output: savedStreamConfigSchema,
    status: 200,
    errors: ['not_found'],
  },
  'streamConfigs.update': {
    method: 'PUT',
    path: '/stream-configs/{id}',
    summary: 'Replace a stream configuration',
    description: 'Streams that were started from it keep the copy that they started with.',
    input: byId.extend({ body: streamConfigBodySchema }),
    output: savedStreamConfigSchema,
    status: 200,
    errors: ['not_found'],
  },
  'streamConfigs.delete': {
    method: 'DELETE',
    path: '/stream-configs/{id}',
    summary: 'Delete a stream configuration',
    input: byId,
    output: z.void(),
    status: 204,
    errors: ['not_found', 'conflict'],
  },
  'streamConfigs.clone': {
    method: 'PUT',
    path: '/stream-configs/{id}/clone',
    summary: 'Copy a stream configuration',
    description: 'The copy is named like the original with `_clone` (then `_clone_2`, ...).',
    input: byId,
    output: savedStreamConfigSchema,
    status: 200,
    errors: ['not_found'],
  },
  'streamConfigs.plan': {
    method: 'POST',
    path: '/stream-configs/{id}/plan',
    summary: 'Dry run: what a stream would create and copy; writes nothing',
    input: byId,
    output: copyPlanSchema,
    status: 200,
    errors: asksDatabase,
  },
  'streamConfigs.profile': {
    method: 'POST',
    path: '/stream-configs/{id}/profile',
    summary: 'Read the rows of the source to settle types and to count values that the target cannot hold',
    input: byId,
    output: profileReportSchema,
    status: 200,
    errors: asksDatabase,
  },
} as const satisfies Record<string, Operation>;
