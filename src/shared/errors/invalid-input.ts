import type { z } from 'zod';
import { SluiceError } from './sluice-error.ts';

/**
 * A `config_invalid` error whose message names each wrong field with its path, e.g. `tables[0].query: belongs to convert
 * mode only; dataBundelSize: unknown field`. Values are never repeated, since one of them may be a password. Parse with
 * `reportInput: true`, so that a missing field is told from a wrong one.
 */
export function invalidInput(error: z.ZodError): SluiceError {
  const fields = error.issues.flatMap(describeIssue);
  return new SluiceError('config_invalid', sentence(fields), { fields });
}

/** The same for one field that was looked at by hand. */
export function invalidField(path: string, message: string): SluiceError {
  return new SluiceError('config_invalid', sentence([{ path, message }]), { fields: [{ path, message }] });
}

interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

function sentence(fields: readonly FieldProblem[]): string {
  const shown = fields.slice(0, 5).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  if (fields.length > shown.length) shown.push(`and ${fields.length - shown.length} more`);
  return shown.join('; ');
}

function describeIssue(issue: z.core.$ZodIssue): FieldProblem[] {
  const path = fieldPath(issue.path);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: fieldPath([...issue.path, key]), message: 'unknown field' }));
  // A union says `invalid_union` for a field that is not there, an enum `invalid_value`.
  if (issue.code !== 'custom' && issue.input === undefined) return [{ path, message: 'is missing' }];
  return [{ path, message: issue.message.replace(/^Invalid input: /, '') }];
}

/** `['body', 'tables', 0, 'query']` => `tables[0].query`: the name `body` is ours, not the caller's. */
function fieldPath(path: readonly PropertyKey[]): string {
  const own = path[0] === 'body' && path.length > 1 ? path.slice(1) : path;
  return own
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}
