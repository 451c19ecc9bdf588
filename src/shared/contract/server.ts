import { z } from 'zod';
import { findingSchema } from '../model/finding.ts';
import { settingsSchema } from '../model/settings.ts';
import type { Operation } from './operation.ts';

const apiKey = z.strictObject({
  key: z.string(),
  /** Where it is kept. `environment`: SLUICE_API_KEY, which cannot be replaced from here. */
  source: z.enum(['file', 'environment', 'keychain', 'session']),
});

export const serverOperations = {
  'server.info': {
    method: 'GET',
    path: '/info',
    summary: 'What this Sluice is and what a person should know about its surroundings',
    input: z.strictObject({}),
    output: z.strictObject({
      version: z.string(),
      dataDirectory: z.string(),
      vault: z.enum(['keychain', 'session']),
      /** Files that were set aside, a missing keychain, ... */
      findings: z.array(findingSchema),
    }),
    status: 200,
    errors: [],
  },
  'settings.get': {
    method: 'GET',
    path: '/settings',
    summary: 'Get the settings',
    input: z.strictObject({}),
    output: settingsSchema,
    status: 200,
    errors: [],
  },
  'settings.update': {
    method: 'PUT',
    path: '/settings',
    summary: 'Change settings; absent ones stay as they are',
    input: z.strictObject({ body: settingsSchema.partial() }),
    output: settingsSchema,
    status: 200,
    errors: [],
  },
  'apiKey.get': {
    method: 'GET',
    path: '/settings/api-key',
    summary: 'Get the API key',
    input: z.strictObject({}),
    output: apiKey,
    status: 200,
    errors: ['keychain_failed'],
  },
  'apiKey.replace': {
    method: 'POST',
    path: '/settings/api-key',
    summary: 'Make a new API key; the old one is refused from then on',
    input: z.strictObject({}),
    output: apiKey,
    status: 200,
    errors: ['conflict', 'keychain_failed'],
  },
} as const satisfies Record<string, Operation>;
