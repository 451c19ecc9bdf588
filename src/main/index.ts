/** The Electron entry: what has to happen before Electron is ready, then the application, its door for the window, the desktop. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { app, dialog, ipcMain, utilityProcess } from 'electron';
import { errorCodes } from '../shared/errors/error-codes.ts';
import { SluiceError } from '../shared/errors/sluice-error.ts';
import { startApplication } from './application.ts';
import { hostedParts } from './hosted-parts.ts';
import { hostEntriesOf } from './hosts/host-process.ts';
import { utilityProcessFactory } from './hosts/utility-process-factory.ts';
import { openLogFile } from './log/log-file.ts';
import { watchFaults } from './log/watch-faults.ts';
import { builtPageUrl, registerPageScheme, servePage } from './security/page-protocol.ts';
import { restrictContents } from './security/restrict-contents.ts';
import { dataDirectoryPath, makeDataDirectory } from './stores/data-directory.ts';
import { electronFile } from './stores/electron-file.ts';
import { streamWork } from './stream-work.ts';
import { systemClock } from './streams/clock.ts';
import { IpcDoor } from './transports/ipc/ipc-door.ts';
import { setAppMenu } from './windows/app-menu.ts';
import { Desktop } from './windows/desktop.ts';
import { readWindowArguments } from './windows/window-arguments.ts';

// Built, this file is out/main/index.js.
const output = join(import.meta.dirname, '..');
/** The page of the development server, which a package must not be talked into loading. */
const developmentUrl = app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL'];
const pageUrl = developmentUrl ?? builtPageUrl;

prepare();

function prepare(): void {
  try {
    const { dataDirectory: option, port } = readWindowArguments(process.argv.slice(1));
    const surroundings = { platform: process.platform, environment: process.env, home: homedir() };
    const dataDirectory = dataDirectoryPath(option, surroundings);
    // Chromium's own files, the lock of this start among them: one window for each data directory.
    const profile = join(dataDirectory, 'chromium');
    makeDataDirectory(profile);
    app.setPath('userData', profile);
    if (!app.requestSingleInstanceLock()) return app.exit(0);
    app.enableSandbox();
    registerPageScheme();
    app.on('web-contents-created', (_event, contents) => restrictContents(contents, pageUrl));
    // Not awaited: Electron is ready when this file has been evaluated, and not before.
    app
      .whenReady()
      .then(() => start(dataDirectory, port))
      .catch(fail);
  } catch (error) {
    fail(error);
  }
}

/** The window comes at once, and waits for the application: a keychain may take seconds to answer. */
function start(dataDirectory: string, port: number): void {
  const log = openLogFile(dataDirectory);
  const starting = startApplication(
    {
      ...hostedParts(utilityProcessFactory(utilityProcess), hostEntriesOf(import.meta.url), process.env),
      version: app.getVersion(),
      dataDirectory,
      documentFile: electronFile,
      clock: systemClock,
      log,
    },
    { rest: { host: '127.0.0.1', port, isOptional: true }, resume: false },
  );
  starting.catch(fail);
  const door = new IpcDoor({ ipcMain, application: starting, pageUrl });
  servePage(join(output, 'renderer'));
  setAppMenu(!app.isPackaged);
  const desktop = new Desktop({
    preload: join(output, 'preload', 'index.cjs'),
    pageUrl,
    icons: join(app.getAppPath(), 'resources'),
    onContents: (contents) => door.admit(contents),
    onDefect: (error) => log.error('A defect', error),
    work: streamWork(starting, log),
  });
  const faults = watchFaults(log, () => desktop.fail());
  app.once('quit', () => faults[Symbol.dispose]());
  app.on('second-instance', () => desktop.show());
  desktop.show();
}

/** The window, if there is one, has nothing behind it. */
function fail(thrown: unknown): void {
  const error = SluiceError.from(thrown);
  dialog.showErrorBox('Sluice cannot start', error.message);
  app.exit(errorCodes[error.code].exit);
}
