/** A host's line to its parent, in either kind of process. */

export interface ParentLink {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** The parent is gone. Electron ends its utility processes itself. */
  onGone(listener: () => void): void;
}

/** What Electron adds to `process` in a utility process. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

export function connectToParent(): ParentLink {
  const { parentPort } = process as typeof process & { readonly parentPort?: ParentPort };
  if (parentPort)
    return {
      send: (message) => parentPort.postMessage(message),
      onMessage: (listener) => parentPort.on('message', ({ data }) => listener(data)),
      onGone: () => undefined,
    };
  if (!process.send) throw new Error('This program is started by Sluice itself.');
  return {
    // The channel may close at any moment: a parent that is gone is told by onGone.
    send: (message) => void (process.connected && process.send?.(message, undefined, undefined, () => undefined)),
    onMessage: (listener) => void process.on('message', listener),
    onGone: (listener) => void process.once('disconnect', listener),
  };
}
