/** What a browser needs: the pages of the UI, and the session in which they call the API (SPEC 10). */
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pagePolicy } from '../../../shared/contract/page-policy.ts';
import { SluiceError } from '../../../shared/errors/sluice-error.ts';
import { isOwnPage, isSameSecret, type Sessions } from './access.ts';

export interface BrowserParts {
  /** Folder of the built pages, absolute; it may be missing or come later. null: there is no UI here. */
  readonly uiFolder: string | null;
  readonly sessions: Sessions;
  readonly apiKey: () => string;
}

const pageHeaders = {
  'content-security-policy': pagePolicy,
  // See isOwnPage; no other site gets to know the address.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** They can be had without a key, and before the app is ready. */
const forEverybody = { config: { open: true, always: true } };

export function addBrowserRoutes(server: FastifyInstance, { uiFolder, sessions, apiKey }: BrowserParts): void {
  if (uiFolder !== null) addPages(server, uiFolder);

  server.post('/session', { config: { open: true } }, async (request, reply) => {
    const { headers, method } = request.raw;
    const { token } = (request.body ?? {}) as { token?: unknown };
    const key = headers['x-api-key'];
    const isLetIn =
      isOwnPage(headers, method ?? '') &&
      (typeof key === 'string' ? isSameSecret(key, apiKey()) : typeof token === 'string' && sessions.take(token));
    if (!isLetIn) {
      const message =
        typeof key === 'string'
          ? 'The API key is wrong.'
          : 'The token is unknown, used or too old. Open the address that Sluice shows once more.';
      throw new SluiceError('unauthorized', message);
    }
    void reply.header('set-cookie', sessions.open()).code(204);
  });
}

function addPages(server: FastifyInstance, folder: string): void {
  void server.register(fastifyStatic, { root: folder, serve: false });

  server.get('/', forEverybody, async (_, reply) => {
    if (!existsSync(join(folder, 'index.html'))) {
      const message = 'The user interface is not built yet. Run `npm run build` in the folder of Sluice, then reload.';
      throw new SluiceError('not_found', message);
    }
    return sendFile(reply, 'index.html', folder);
  });
  server.get('/assets/*', forEverybody, async (request, reply) => {
    const { '*': name } = request.params as { '*': string };
    return sendFile(reply, name, join(folder, 'assets'));
  });
}

const sendFile = (reply: FastifyReply, name: string, folder: string) =>
  reply.headers(pageHeaders).sendFile(name, folder, { cacheControl: false, dotfiles: 'ignore' });
