/** Loaded before a host's program: turns Node's channel to the parent into the port that Electron gives utility processes. */
const send = process.send!.bind(process);

Object.assign(process, {
  send: undefined,
  parentPort: {
    postMessage: (message: unknown) => send(message as object),
    on: (event: 'message', listener: (event: { data: unknown }) => void) =>
      process.on(event, (data: unknown) => listener({ data })),
  },
});
