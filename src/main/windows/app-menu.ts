import { Menu, type MenuItemConstructorOptions } from 'electron';

/** The application's menu. `isDevelopment`: with what looks inside the page. */
export function setAppMenu(isDevelopment: boolean): void {
  const isMac = process.platform === 'darwin';
  const inside: MenuItemConstructorOptions[] = [
    { role: 'reload' },
    { role: 'forceReload' },
    { role: 'toggleDevTools' },
    { type: 'separator' },
  ];
  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    { role: 'fileMenu' },
    // Without it the usual keys for copy and paste do nothing on macOS.
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        ...(isDevelopment ? inside : []),
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
