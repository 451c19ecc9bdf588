import { shell } from 'electron';

/** Opens an https address in the person's browser; nothing else, since other schemes start programs. */
export function openOutside(url: string): void {
  if (!URL.canParse(url)) return;
  const { protocol, href } = new URL(url);
  // Without a browser there is nothing to be done about it.
  if (protocol === 'https:') void shell.openExternal(href).catch(() => undefined);
}
