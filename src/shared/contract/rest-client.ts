/** The typed client over HTTP: what a page in a browser calls the app with. The window calls the same operations by IPC. */
import type { ErrorData } from '../errors/sluice-error.ts';
import { operations, type Call, type OperationName, type Reply } from './contract.ts';
import type { Operation } from './operation.ts';

/** `base` ends with /api/v1; `headers` go with every request, e.g. the API key where there is no session. */
export function restClient(base: string, headers: Readonly<Record<string, string>> = {}): Call {
  return async <Name extends OperationName>(name: Name, input: unknown): Promise<Reply<Name>> => {
    const operation: Operation = operations[name];
    const { path, body } = requestOf(operation, input as Readonly<Record<string, unknown>>);
    let response: Response;
    try {
      response = await fetch(base + path, {
        method: operation.method,
        headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch {
      return { ok: false, error: { code: 'unavailable', message: 'Sluice does not answer. Is it still running?' } };
    }
    const text = await response.text();
    const answer: unknown = text === '' ? undefined : JSON.parse(text);
    // The server checks what it takes, and answers by the same contract.
    if (response.ok) return { ok: true, value: answer } as Reply<Name>;
    const { error: message, code, details } = answer as { error: string } & ErrorData;
    return { ok: false, error: { code, message, ...(details ? { details } : {}) } };
  };
}

/** Path with query, and body, of an operation with its input. */
export function requestOf({ path, input: schema }: Operation, input: Readonly<Record<string, unknown>>) {
  const { body, ...fields } = input;
  const filled = path.replace(/\{(\w+)\}/g, (_, field: string) => encodeURIComponent(String(fields[field])));
  const query = Object.entries(fields).filter(([field, value]) => value !== undefined && !path.includes(`{${field}}`));
  const search = new URLSearchParams(query.map(([field, value]): [string, string] => [field, String(value)]));
  return {
    path: query.length > 0 ? `${filled}?${search}` : filled,
    body: 'body' in schema.shape ? body : undefined,
  };
}
