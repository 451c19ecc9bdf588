/** An application's door for the window, with a window before it whose page calls. */
import type { WebContents } from 'electron';
import type { Application } from '../../../src/main/application.ts';
import { IpcDoor } from '../../../src/main/transports/ipc/ipc-door.ts';
import type { Call, OperationName, Reply } from '../../../src/shared/contract/contract.ts';
import { callChannel } from '../../../src/shared/contract/window-api.ts';
import { FakeContents, FakeIpcMain, FakeSession } from './fake-contents.ts';

export const windowPage = 'app://sluice/index.html';

export const newContents = () => new FakeContents(new FakeSession(), async () => new Response());

/** The real contents have more, which the door may not use. */
export const asContents = (contents: FakeContents) => contents as unknown as WebContents;

export function openWindowDoor(application: Application | Promise<Application>) {
  const ipcMain = new FakeIpcMain();
  const door = new IpcDoor({ ipcMain, application: Promise.resolve(application), pageUrl: windowPage });
  const contents = newContents();
  door.admit(asContents(contents));
  contents.mainFrame = { url: windowPage, parent: null };
  const call: Call = async <Name extends OperationName>(name: Name, input: unknown) =>
    (await ipcMain.invoke(contents, contents.mainFrame, callChannel, name, input)) as Reply<Name>;
  return { door, ipcMain, contents, call };
}
