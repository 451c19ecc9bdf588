import { availableParallelism } from 'node:os';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

/** `vitest --mode long` runs the long tests instead of the others. Tests of components name happy-dom in their first line. */
export default defineConfig(({ mode }) => ({
  plugins: [vue()],
  test: {
    include: [mode === 'long' ? 'test/long/**/*.test.ts' : 'test/**/*.test.ts'],
    exclude: mode === 'long' ? [] : ['test/long/**'],
    globalSetup: 'test/support/global-setup.ts',
    // Two at least: tests wait for servers more than they compute.
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: mode === 'long' ? 600_000 : 30_000,
    hookTimeout: 60_000,
    // Tests of real servers and processes have deadlines, which a machine that stalls for a moment misses: in continuous
    // integration such a test is tried once more, and the report shows it as `(retry x1)`.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    // Importing the package `electron` outside Electron would download it: a test that does so by mistake fails instead.
    env: { ELECTRON_OVERRIDE_DIST_PATH: '/nonexistent' },
  },
}));
