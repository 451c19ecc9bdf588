import { loadConfigFromFile } from 'electron-vite';
import { build, type InlineConfig } from 'vite';

/** Builds the pages as `npm run build` does, but into `folder`. */
export async function buildUi(folder: string): Promise<void> {
  const { config } = await loadConfigFromFile({ command: 'build', mode: 'production' });
  // The file gives an object, which its type does not know.
  const { renderer } = config as { renderer: InlineConfig };
  const { NODE_ENV } = process.env;
  // That of tests would make it a build for developers.
  process.env['NODE_ENV'] = 'production';
  await build({
    ...renderer,
    configFile: false,
    // As electron-vite sets it: the window loads pages from files.
    base: './',
    logLevel: 'error',
    build: { ...renderer.build, outDir: folder, emptyOutDir: true },
  });
  process.env['NODE_ENV'] = NODE_ENV;
}
