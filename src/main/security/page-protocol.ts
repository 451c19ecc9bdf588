/**
 * Serves the built page to the window as app://sluice/...: the files of one folder, with the headers that it needs. A scheme
 * of our own gives the page an origin, and no access to other files.
 */
import { readFile } from 'node:fs/promises';
import { extname, resolve, sep } from 'node:path';
import { protocol } from 'electron';
import { pagePolicy } from '../../shared/contract/page-policy.ts';

const pageScheme = 'app';
const pageHost = 'sluice';
export const builtPageUrl = `${pageScheme}://${pageHost}/index.html`;

/** What a built page consists of. Other files are not served. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** Before the app is ready: pages of the scheme have an origin of their own and count as secure. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: pageScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Once the app is ready. `folder`: absolute. */
export function servePage(folder: string): void {
  protocol.handle(pageScheme, (request) => answer(request, folder));
}

async function answer({ method, url }: Request, folder: string): Promise<Response> {
  const file = method === 'GET' ? fileOf(url, folder) : null;
  const type = file === null ? undefined : types[extname(file)];
  const bytes = file === null || type === undefined ? null : await readFile(file).catch(() => null);
  if (bytes === null || type === undefined) return new Response('There is nothing here.', { status: 404, headers });
  return new Response(bytes, { headers: { ...headers, 'content-type': type } });
}

const headers = {
  'content-type': 'text/plain; charset=utf-8',
  'content-security-policy': pagePolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** null for an address that is not one of a file below `folder`. */
function fileOf(url: string, folder: string): string | null {
  const { host, pathname } = new URL(url);
  if (host !== pageHost) return null;
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  // Separators of Windows and NUL are no part of a name of ours.
  if (/[\\\0]/.test(path)) return null;
  const file = resolve(folder, `.${path}`);
  return file.startsWith(folder + sep) ? file : null;
}
