/** From the parts of an HTTP request to the one input of an operation. */
import { z } from 'zod';
import type { Operation } from '../../../shared/contract/operation.ts';
import { invalidField } from '../../../shared/errors/invalid-input.ts';
import { SluiceError } from '../../../shared/errors/sluice-error.ts';

export interface RequestParts {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | string[]>>;
  readonly body: unknown;
  /** The body came as text/plain. */
  readonly isText: boolean;
}

export type ReadInput = (parts: RequestParts) => Record<string, unknown>;

/** `{id}` and the like in a path. */
export const pathFields = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);

/** Made once for each operation. What it returns is still to be checked by the operation's schema. */
export function inputReader(operation: Operation): ReadInput {
  const fromPath = pathFields(operation.path);
  const { properties = {} } = z.toJSONSchema(operation.input, { io: 'input' });
  const takesBody = 'body' in properties;
  return ({ path, query, body, isText }) => {
    const fields: [string, unknown][] = Object.entries(query).map(([name, value]) => {
      if (name === 'body' || fromPath.includes(name)) throw invalidField(name, 'unknown field in the query');
      if (Array.isArray(value)) throw invalidField(name, 'is given more than once');
      const schema = properties[name];
      return [name, convert(value, typeof schema === 'object' ? schema.type : null)];
    });
    for (const name of fromPath) fields.push([name, path[name]]);
    if (takesBody) fields.push(['body', isText ? textBody(operation, body) : body]);
    else if (!isEmpty(body)) throw new SluiceError('config_invalid', 'body: this address takes none');
    return Object.fromEntries(fields);
  };
}

/** Texts of a query as the schema wants them; what does not fit stays a text, and the schema refuses it. */
function convert(text: string, type: unknown): unknown {
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (type === 'boolean') return { '': true, true: true, false: false }[text] ?? text;
  return text;
}

function textBody({ textBody: field }: Operation, body: unknown): unknown {
  if (field !== undefined) return { [field]: body };
  throw new SluiceError('media_type_unsupported', 'Send JSON with Content-Type: application/json.');
}

/** Clients often send `{}` where there is nothing to say. */
function isEmpty(body: unknown): boolean {
  if (body === undefined || body === null || body === '') return true;
  return typeof body === 'object' && !Array.isArray(body) && Object.keys(body).length === 0;
}
