import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SluiceError } from '../../../shared/errors/sluice-error.ts';
import { jsonProblem } from '../../../shared/model/json-problem.ts';

/** JSON and plain text, both as strict UTF-8. Every other type is refused with 415. */
export function addBodyParsers(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_: FastifyRequest, body: Buffer) => {
    const text = decode(body);
    // Clients often announce JSON and send nothing.
    if (text === '') return undefined;
    try {
      return JSON.parse(text, refusePrototype) as unknown;
    } catch (error) {
      if (error instanceof SluiceError) throw error;
      throw new SluiceError('config_invalid', `body: ${jsonProblem(text, error as SyntaxError)}`);
    }
  });
  server.addContentTypeParser('text/plain', { parseAs: 'buffer' }, async (_: FastifyRequest, body: Buffer) =>
    decode(body),
  );
}

/** A replaced character would be a silent change: bytes that are not UTF-8 are refused. */
function decode(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new SluiceError('config_invalid', 'body: is not UTF-8 text');
  }
}

/** Such a key would become the prototype of the object as soon as it is copied. */
function refusePrototype(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new SluiceError('config_invalid', 'body: has a field named __proto__');
  return value;
}
