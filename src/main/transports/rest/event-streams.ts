import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServerResponse } from 'node:http';
import type { AppEvent } from '../../../shared/contract/events.ts';
import type { EventFeed, FeedEntry } from '../../services/event-feed.ts';

/** A reader that takes nothing for this many bytes is disconnected: it comes back with Last-Event-ID. */
const maxUnreadBytes = 4 * 1024 ** 2;

/**
 * GET /events. Each event has an id, its type as name, and JSON data. A reader that comes back with Last-Event-ID gets what
 * it missed; when that is not known any more, it gets `reset` first, and has to read the state again.
 */
export class EventStreams {
  readonly #feed: EventFeed;
  readonly #mayRead: (request: FastifyRequest) => boolean;
  readonly #heartbeatMs: number;
  readonly #open = new Set<ServerResponse>();

  /** `mayRead` is asked at each heartbeat: a key may have been replaced, a session may have ended. */
  constructor(feed: EventFeed, mayRead: (request: FastifyRequest) => boolean, heartbeatMs = 15_000) {
    this.#feed = feed;
    this.#mayRead = mayRead;
    this.#heartbeatMs = heartbeatMs;
  }

  open(request: FastifyRequest, reply: FastifyReply): void {
    reply.hijack();
    const response = reply.raw;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.write('retry: 1000\n\n');
    const last = request.headers['last-event-id'];
    const missed = typeof last === 'string' && last !== '' ? this.#feed.since(last) : [];
    if (missed === null) {
      const reset: AppEvent = { type: 'reset', at: new Date().toISOString() };
      response.write(`event: reset\ndata: ${JSON.stringify(reset)}\n\n`);
    }
    for (const entry of missed ?? []) response.write(format(entry));

    const unsubscribe = this.#feed.subscribe((entry) => {
      response.write(format(entry));
      if (response.writableLength > maxUnreadBytes) response.destroy();
    });
    const heartbeat = setInterval(() => {
      if (this.#mayRead(request)) response.write(': heartbeat\n\n');
      else response.end();
    }, this.#heartbeatMs);
    this.#open.add(response);
    response.once('close', () => {
      unsubscribe();
      clearInterval(heartbeat);
      this.#open.delete(response);
    });
  }

  /** Ends all of them: the server closes. */
  close(): void {
    for (const response of this.#open) response.end();
  }
}

const format = ({ id, event }: FeedEntry) => `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
