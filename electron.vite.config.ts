import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'electron-vite';

/** What `dependencies` lists stays outside the bundles of the main process. */
export default defineConfig({
  main: {
    build: {
      // An optional dependency, which must be named.
      externalizeDeps: { include: ['keytar'] },
      rollupOptions: {
        input: {
          index: 'src/main/index.ts',
          cli: 'src/main/cli.ts',
          // Programs of the child processes.
          'stream-host-entry': 'src/main/hosts/stream-host-entry.ts',
          'inspector-host-entry': 'src/main/hosts/inspector-host-entry.ts',
          'keychain-host-entry': 'src/main/hosts/keychain-host-entry.ts',
        },
        output: { format: 'es' },
      },
    },
  },
  preload: {
    build: {
      rollupOptions: {
        input: { index: 'src/preload/index.ts' },
        // A sandboxed preload script must be CommonJS, and one file.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    plugins: [vue()],
    build: {
      // Off by default here: halves the size.
      minify: true,
      rollupOptions: { input: { index: 'src/renderer/index.html' } },
    },
  },
});
