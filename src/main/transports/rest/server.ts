/** The REST door: routes derived from the contract, and the checks that stand before all of them. */
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { operationNames, operations } from '../../../shared/contract/contract.ts';
import type { Operation } from '../../../shared/contract/operation.ts';
import { SluiceError } from '../../../shared/errors/sluice-error.ts';
import type { StreamStatistics } from '../../../shared/model/stream.ts';
import { unavailability, type AppState, type Dispatcher } from '../../services/dispatcher.ts';
import type { EventFeed } from '../../services/event-feed.ts';
import { isHostAllowed, isSameSecret } from './access.ts';
import { addBodyParsers } from './body-parsers.ts';
import { addBrowserRoutes, type BrowserParts } from './browser-routes.ts';
import { docsPage } from './docs-page.ts';
import { errorAnswer, fromHttpError } from './error-answer.ts';
import { EventStreams } from './event-streams.ts';
import { metricsText } from './metrics.ts';
import { openApiDocument } from './openapi.ts';
import { inputReader } from './read-input.ts';

export interface RestParts extends BrowserParts {
  readonly version: string;
  readonly dispatcher: Dispatcher;
  readonly feed: EventFeed;
  /** Names beside loopback ones under which this server may be called. */
  readonly allowedHosts: () => readonly string[];
  /** Before and after `ready`, everything but the refusal of foreign callers is answered with 503. */
  readonly state: () => AppState;
  /** Of the streams that are active. */
  readonly statistics: () => readonly StreamStatistics[];
  readonly onDefect: (error: unknown) => void;
  /** A request that has not come in full within this many milliseconds is refused. Default 60 s. */
  readonly requestMs?: number;
  /** Milliseconds between heartbeats of event streams. Default 15 s. */
  readonly heartbeatMs?: number;
}

export const basePath = '/api/v1';
/** A config that lists ten thousand tables fits well. */
const maxBodyBytes = 8 * 1024 ** 2;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** No key is asked for. */
    open?: boolean;
    /** Answered in every state of the app. */
    always?: boolean;
    operation?: Operation;
  }
}

/** Not listening yet. */
export function createRestServer(parts: RestParts): FastifyInstance {
  const { requestMs = 60_000 } = parts;
  const server = Fastify({
    bodyLimit: maxBodyBytes,
    requestTimeout: requestMs,
    forceCloseConnections: true,
    // Requests that come while the server closes are answered by the checks below, in our form.
    return503OnClosing: false,
    http: {
      // Node would answer a request without a Host header itself, without a body.
      requireHostHeader: false,
      connectionsCheckingInterval: Math.min(requestMs, 5_000),
      // Without a limit of the head that is not longer, Node 24 does not hold to that of the whole.
      headersTimeout: requestMs,
    },
    routerOptions: { maxParamLength: 2000 },
    frameworkErrors: (error, request, reply) => {
      const refusal = refusalOf(parts, request);
      sendError(reply, refusal ?? fromHttpError(error));
    },
    clientErrorHandler: answerUnreadable,
  });
  // Node would answer an Expect that it does not know itself, without a body; nothing says that it must be heeded.
  server.server.on('checkExpectation', (request, response) => server.server.emit('request', request, response));
  const eventStreams = new EventStreams(parts.feed, (request) => refusalOf(parts, request) === null, parts.heartbeatMs);

  addBodyParsers(server);
  server.addHook('onRequest', async (request, reply) => {
    void reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    const refusal = refusalOf(parts, request);
    if (refusal) throw refusal;
  });
  server.setErrorHandler((error, request, reply) => {
    const known = fromHttpError(error);
    if (known.code === 'internal') parts.onDefect(error);
    sendError(reply, known, operationOf(request));
  });
  server.setNotFoundHandler((request, reply) => {
    const methods = methodsOf(request.url);
    if (methods.length > 0) void reply.header('allow', methods.join(', '));
    const [path] = request.url.split('?');
    const error =
      methods.length > 0
        ? new SluiceError('method_unknown', `${request.method} is not possible here, only ${methods.join(', ')}.`)
        : new SluiceError('not_found', `There is nothing at ${path}. See /docs for what there is.`);
    sendError(reply, error);
  });

  for (const name of operationNames) {
    const operation: Operation = operations[name];
    const read = inputReader(operation);
    server.route({
      method: operation.method,
      url: basePath + operation.path.replace(/\{(\w+)\}/g, ':$1'),
      config: { operation },
      handler: async (request, reply) => {
        const input = read({
          path: request.params as Record<string, string>,
          query: request.query as Record<string, string | string[]>,
          body: request.body,
          isText: isTextRequest(request),
        });
        const answer = await parts.dispatcher.call(name, input, callerSignal(reply));
        void reply.code(operation.status);
        return operation.status === 204 ? undefined : answer;
      },
    });
  }
  addOwnRoutes(server, parts, eventStreams);
  addBrowserRoutes(server, parts);
  return server;
}

/** What is not an operation of the contract: documents, health, events, metrics. */
function addOwnRoutes(server: FastifyInstance, parts: RestParts, eventStreams: EventStreams): void {
  const document = openApiDocument(parts.version);
  const page = docsPage(document);
  const health = async () => ({ status: 'ok', version: parts.version });
  const sendPage = async (_: FastifyRequest, reply: FastifyReply) => {
    void reply.headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': page.policy });
    return page.html;
  };
  const open = { config: { open: true } };
  server.get(`${basePath}/health`, open, health);
  server.get('/health', open, health);
  server.get('/docs', { config: { open: true, always: true } }, sendPage);
  server.get('/openapi.json', { config: { open: true, always: true } }, async () => document);
  server.get(`${basePath}/docs`, sendPage);
  server.get(`${basePath}/openapi.json`, async () => document);
  server.get(`${basePath}/events`, { exposeHeadRoute: false }, (request, reply) => eventStreams.open(request, reply));
  server.get(`${basePath}/metrics`, async (_, reply) => {
    void reply.header('content-type', 'text/plain; version=0.0.4; charset=utf-8');
    return metricsText(parts.version, parts.statistics());
  });
  server.addHook('preClose', async () => eventStreams.close());
}

/** The checks in their order: host, key, state of the app. */
function refusalOf(parts: RestParts, request: FastifyRequest): SluiceError | null {
  const { headers, method } = request.raw;
  if (!isHostAllowed(headers.host, parts.allowedHosts())) {
    const message = `This server may not be called as "${headers.host ?? ''}". Use 127.0.0.1, or add the name to the setting allowedHosts.`;
    return new SluiceError('host_forbidden', message);
  }
  const config = request.routeOptions?.config;
  if (!config?.open) {
    const given = headers['x-api-key'];
    const isKnown =
      given === undefined
        ? parts.sessions.isOpen(headers, method ?? '')
        : typeof given === 'string' && isSameSecret(given, parts.apiKey());
    if (!isKnown) {
      const message = 'The API key is missing or wrong. Send the key that Settings shows in the header X-API-Key.';
      return new SluiceError('unauthorized', message);
    }
  }
  return config?.always ? null : unavailability(parts.state());
}

function sendError(reply: FastifyReply, error: SluiceError, operation?: Operation): void {
  const { status, body } = errorAnswer(error, operation);
  if (status === 503) void reply.header('retry-after', '1');
  void reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body));
}

/** What is not even HTTP, too long a header or too slow: there is no request yet, so the answer is written by hand. */
function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const isSlow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const known = isSlow
    ? new SluiceError('request_too_slow', 'The request did not come in full in the time given for it.')
    : fromHttpError(Object.assign(error, { statusCode: 400 }));
  const { status, body: answer } = errorAnswer(known);
  const body = JSON.stringify(answer);
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n`;
  socket.end(head + body);
}

/** Aborts when the caller hangs up before the answer was written. */
function callerSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}

const isTextRequest = (request: FastifyRequest) => /^text\/plain\b/i.test(request.headers['content-type'] ?? '');

const operationOf = (request: FastifyRequest): Operation | undefined => request.routeOptions?.config?.operation;

const patterns = Object.values(operations).map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^${basePath}${path.replace(/\{\w+\}/g, '[^/]+')}$`),
}));

/** Methods that the contract has for an address. */
function methodsOf(url: string): string[] {
  const [path = ''] = url.split('?');
  return [...new Set(patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))].sort();
}
