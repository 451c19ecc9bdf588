/**
 * The built page in a real Chromium, as the window shows it: through its own protocol with its headers, on the window's door
 * to an application.
 */
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { AppEvent } from '../../src/shared/contract/events.ts';
import type { OperationName } from '../../src/shared/contract/contract.ts';
import { eventChannel } from '../../src/shared/contract/window-api.ts';
import { postgresBody, startControlPlane, type ControlPlane } from '../support/control-plane.ts';
import { fakeElectron } from '../support/electron/fake-electron.ts';
import { openWindowDoor } from '../support/electron/window-door.ts';
import { findProgram } from '../support/find-program.ts';
import { describePrograms } from '../support/needs.ts';
import { buildApp, type BuiltApp } from './support/build-app.ts';

/** Chromium takes its time on a computer that has much else to do. */
const patient = { timeout: 60_000 };

/** Chromium has no scheme of ours; to the page it is an origin like another. */
const origin = 'https://sluice.test';

/** What the preload script gives the page, over functions that Playwright can give it. */
const preload = `
  const listeners = new Set();
  window.tell = (event) => listeners.forEach((listener) => listener(event));
  window.sluice = {
    call: (name, input) => window.callDoor(name, input),
    on: (listener) => (listeners.add(listener), () => listeners.delete(listener)),
  };`;

describePrograms('the page of the window', ['chromium'], () => {
  let built: BuiltApp;
  let browser: Browser;
  beforeAll(async () => {
    built = await buildApp();
    browser = await chromium.launch({
      executablePath: findProgram('chromium')!,
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
    });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await built?.[Symbol.asyncDispose]();
  });

  async function open(plane: ControlPlane) {
    const electron = fakeElectron('/app');
    vi.resetModules();
    vi.doMock('electron', () => electron.module);
    const { servePage } = await import('../../src/main/security/page-protocol.ts');
    electron.app.becomeReady();
    servePage(join(built.output, 'renderer'));
    const door = openWindowDoor(plane.app);
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
    page.on('pageerror', (error) => void complaints.push(String(error)));
    await page.route(`${origin}/**`, async (route) => {
      const answer = await electron.load(route.request().url().replace(origin, 'app://sluice'));
      const body = Buffer.from(await answer.arrayBuffer());
      await route.fulfill({ status: answer.status, headers: Object.fromEntries(answer.headers), body });
    });
    await page.exposeFunction('callDoor', (name: OperationName, input: never) => door.call(name, input));
    await page.addInitScript(preload);
    door.contents.ipcRenderer.on(eventChannel, (_, event: AppEvent) => {
      void page.evaluate(`window.tell(${JSON.stringify(event)})`);
    });
    await page.goto(`${origin}/index.html`);
    return { page, complaints, [Symbol.asyncDispose]: () => page.close() };
  }

  test('shows connections as they come and go, and breaks none of its own rules', patient, async () => {
    await using plane = await startControlPlane();
    await plane.send('POST', '/connections', postgresBody('The shop'));
    await using opened = await open(plane);
    const { page, complaints } = opened;
    await page.getByRole('heading', { name: 'Connections' }).waitFor();
    await page.getByText('The shop', { exact: true }).waitFor();
    const { id } = (await plane.send('POST', '/connections', postgresBody('Comes and goes'))).body;
    await page.getByText('Comes and goes', { exact: true }).waitFor();
    await plane.send('DELETE', `/connections/${id}`);
    await page.getByText('Comes and goes', { exact: true }).waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });

  test('runs no script that is written into it, and reaches nothing else', patient, async () => {
    await using plane = await startControlPlane();
    await using opened = await open(plane);
    const { page, complaints } = opened;
    await page.getByRole('heading', { name: 'Connections' }).waitFor();
    await page.evaluate(`{
      const script = document.createElement('script');
      script.textContent = 'window.wasRun = true';
      document.body.append(script);
      const image = document.createElement('img');
      image.setAttribute('onerror', 'window.wasRun = true');
      image.src = 'data:,';
      document.body.append(image);
    }`);
    expect(await page.evaluate(`fetch('${plane.app.url}/health').catch(() => 'refused')`)).toBe('refused');
    await expect.poll(() => complaints.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(3);
    expect(complaints.every((text) => text.includes('Content Security Policy'))).toBe(true);
    expect(await page.evaluate('window.wasRun')).toBe(undefined);
  });
});
