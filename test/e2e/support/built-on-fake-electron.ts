/**
 * Run as a process: starts the built main process and preload script (in the folder `argv[2]`) on a fake of Electron, as a
 * person would: opens the window, asks for the tables of the SQLite file `argv[3]`, quits. Prints what it saw as JSON.
 */
import { once } from 'node:events';
import { createRequire, registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { WindowApi } from '../../../src/shared/contract/window-api.ts';
import { fakeElectron } from '../../support/electron/fake-electron.ts';

const [, , output = '', file = ''] = process.argv;
const electron = fakeElectron(process.cwd());
Object.assign(globalThis, { fakeElectronModule: electron.module });

// What `import` and `require` of the package find, in the bundles and in the packages that they load.
const names = Object.keys(electron.module).join(', ');
const source = `const fake = globalThis.fakeElectronModule; export default fake; export const { ${names} } = fake;`;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron'
      ? { url: 'fake:electron', format: 'module', shortCircuit: true }
      : next(specifier, context),
  load: (url, context, next) =>
    url === 'fake:electron' ? { format: 'module', source, shortCircuit: true } : next(url, context),
});

await import(pathToFileURL(join(output, 'main/index.js')).href);
electron.app.becomeReady();
if (electron.errorBoxes.length > 0) throw new Error(JSON.stringify(electron.errorBoxes));
while (electron.windows.length === 0) await new Promise(setImmediate);
const [window] = electron.windows;
if (!window!.isVisible()) await once(window!, 'ready-to-show');
createRequire(import.meta.url)(window!.options.webPreferences!.preload!);
const { call } = electron.exposed.get('sluice') as WindowApi;
const created = await call('connections.create', { body: { name: 'shop', type: 'sqlite', path: file } });
const tables = created.ok ? await call('connections.tables', { id: created.value.id }) : created;
const { mainFrame, response } = window!.webContents;
const page = { url: mainFrame?.url, status: response?.status, html: await response?.text() };
const script = /src="\.\/(assets\/[^"]+)"/.exec(page.html ?? '')?.[1];
const scriptStatus = (await electron.load(`app://sluice/${script}`)).status;
electron.app.quit();
const exitCode = await electron.app.exited;
await electron.module.utilityProcess.exited();
// As Electron does, whatever is still waiting.
process.stdout.write(JSON.stringify({ tables, page, scriptStatus, exitCode }), () => process.exit(exitCode));
