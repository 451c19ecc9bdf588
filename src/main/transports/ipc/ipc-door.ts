/** The window's door: calls come in on one channel, events go out on another. The one place that touches ipcMain. */
import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron';
import type { OperationName, Reply } from '../../../shared/contract/contract.ts';
import type { AppEvent } from '../../../shared/contract/events.ts';
import { callChannel, eventChannel, seenChannel } from '../../../shared/contract/window-api.ts';
import { SluiceError } from '../../../shared/errors/sluice-error.ts';
import { isSamePage } from '../../security/is-same-page.ts';
import type { Dispatcher } from '../../services/dispatcher.ts';
import type { EventFeed } from '../../services/event-feed.ts';
import { WindowFeed } from './window-feed.ts';

export interface IpcParts {
  readonly ipcMain: Pick<IpcMain, 'handle'> & { on(...listener: Parameters<IpcMain['on']>): unknown };
  /** The page may come before the application is there: its calls wait for it. */
  readonly application: Promise<{ readonly dispatcher: Dispatcher; readonly feed: EventFeed }>;
  /** The one page that may call. */
  readonly pageUrl: string;
}

interface Admitted {
  /** Cancels the calls of the page that is shown. */
  calls: AbortController;
  readonly feed: WindowFeed;
}

export class IpcDoor {
  readonly #parts: IpcParts;
  /** Contents that were admitted and live. */
  readonly #admitted = new Map<WebContents, Admitted>();

  constructor(parts: IpcParts) {
    this.#parts = parts;
    parts.ipcMain.handle(callChannel, (event, name: unknown, input: unknown) => this.#answer(event, name, input));
    parts.ipcMain.on(seenChannel, ({ sender }, number: unknown) => this.#admitted.get(sender)?.feed.seen(number));
    // Who started the application hears of it where it cannot start.
    parts.application.then(
      ({ feed }) => void feed.subscribe(({ event }) => this.#push(event)),
      () => undefined,
    );
  }

  /** The contents of a window of ours: they may call, and get every event, until they are destroyed. */
  admit(contents: WebContents): void {
    const feed = new WindowFeed((event, number) => contents.send(eventChannel, event, number));
    const admitted: Admitted = { calls: new AbortController(), feed };
    this.#admitted.set(contents, admitted);
    const cancelCalls = () => {
      admitted.calls.abort();
      admitted.calls = new AbortController();
      feed.restart();
    };
    // Whoever asked is gone with its page: what runs in a database for it is cancelled, as where a caller of REST hangs up.
    contents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) cancelCalls();
    });
    contents.on('render-process-gone', cancelCalls);
    contents.once('destroyed', () => {
      cancelCalls();
      this.#admitted.delete(contents);
    });
  }

  /** Never rejects: of an error that is thrown to the page only the message would arrive. */
  async #answer(event: IpcMainInvokeEvent, name: unknown, input: unknown): Promise<Reply<OperationName>> {
    const admitted = this.#admitted.get(event.sender);
    if (!admitted || !this.#isOwnPage(event)) {
      const error = new SluiceError('unauthorized', 'Only the window of Sluice itself may call here.');
      return { ok: false, error: error.toData() };
    }
    const { signal } = admitted.calls;
    try {
      const { dispatcher } = await this.#parts.application;
      // The name is checked by the dispatcher.
      return await dispatcher.reply(name as OperationName, input, signal);
    } catch (error) {
      return { ok: false, error: SluiceError.from(error).toData() };
    }
  }

  /** A frame within the page, or what it was navigated to, is not the page. null: the frame is gone by now. */
  #isOwnPage({ senderFrame }: IpcMainInvokeEvent): boolean {
    return senderFrame !== null && senderFrame.parent === null && isSamePage(senderFrame.url, this.#parts.pageUrl);
  }

  #push(event: AppEvent): void {
    if (this.#admitted.size === 0) return;
    const bytes = JSON.stringify(event).length;
    for (const [contents, { feed }] of this.#admitted)
      if (!contents.isDestroyed() && !contents.isCrashed()) feed.push(event, bytes);
  }
}
