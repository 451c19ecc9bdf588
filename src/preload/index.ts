/** Runs in the window's sandbox, between the page and the main process: two functions, nothing else. */
import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import type { AppEvent } from '../shared/contract/events.ts';
import { callChannel, eventChannel, seenChannel, seenEvery, type WindowApi } from '../shared/contract/window-api.ts';

ipcRenderer.on(eventChannel, (_event, _appEvent: AppEvent, number: number) => {
  if (number % seenEvery === 0) ipcRenderer.send(seenChannel, number);
});

contextBridge.exposeInMainWorld('sluice', {
  call: (name, input) => ipcRenderer.invoke(callChannel, name, input),
  on: (listener) => {
    const forward = (_event: IpcRendererEvent, appEvent: AppEvent) => listener(appEvent);
    ipcRenderer.on(eventChannel, forward);
    return () => ipcRenderer.removeListener(eventChannel, forward);
  },
} satisfies WindowApi);
