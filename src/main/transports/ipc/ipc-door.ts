/** The window's door: calls come in on one channel, events go out on another. The one place that touches ipcMain. */
import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron';
import type { OperationName, Reply } from '../../../shared/contract/contract.ts';
import type { AppEvent } from '../../../shared/contract/events.ts';
import { callChannel, eventChannel } from '../../../shared/contract/window-api.ts';
import { SluiceError } from '../../../shared/errors/sluice-error.ts';
import { isSamePage } from '../../security/is-same-page.ts';
import type { Dispatcher } from '../../services/dispatcher.ts';
import type { EventFeed } from '../../services/event-feed.ts';

export interface IpcParts {
  readonly ipcMain: Pick<IpcMain, 'handle'>;
  /** The page may come before the application is there: its calls wait for it. */
  readonly application: Promise<{ readonly dispatcher: Dispatcher; readonly feed: EventFeed }>;
  /** The one page that may call. */
  readonly pageUrl: string;
}

export class IpcDoor {
  readonly #parts: IpcParts;
  /** Contents that were admitted and live, each with what cancels the calls of the page that it shows. */
  readonly #admitted = new Map<WebContents, AbortController>();

  constructor(parts: IpcParts) {
    this.#parts = parts;
    parts.ipcMain.handle(callChannel, (event, name: unknown, input: unknown) => this.#answer(event, name, input));
    // Who started the application hears of it where it cannot start.
    parts.application.then(
      ({ feed }) => void feed.subscribe(({ event }) => this.#push(event)),
      () => undefined,
    );
  }

  /** The contents of a window of ours: they may call, and get every event, until they are destroyed. */
  admit(contents: WebContents): void {
    this.#admitted.set(contents, new AbortController());
    const cancelCalls = () => {
      this.#admitted.get(contents)?.abort();
      if (this.#admitted.has(contents)) this.#admitted.set(contents, new AbortController());
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
    const calls = this.#admitted.get(event.sender);
    if (!calls || !this.#isOwnPage(event)) {
      const error = new SluiceError('unauthorized', 'Only the window of Sluice itself may call here.');
      return { ok: false, error: error.toData() };
    }
    try {
      const { dispatcher } = await this.#parts.application;
      // The name is checked by the dispatcher.
      return await dispatcher.reply(name as OperationName, input, calls.signal);
    } catch (error) {
      return { ok: false, error: SluiceError.from(error).toData() };
    }
  }

  /** A frame within the page, or what it was navigated to, is not the page. null: the frame is gone by now. */
  #isOwnPage({ senderFrame }: IpcMainInvokeEvent): boolean {
    return senderFrame !== null && senderFrame.parent === null && isSamePage(senderFrame.url, this.#parts.pageUrl);
  }

  #push(event: AppEvent): void {
    for (const contents of this.#admitted.keys())
      if (!contents.isDestroyed() && !contents.isCrashed()) contents.send(eventChannel, event);
  }
}
