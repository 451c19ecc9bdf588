import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { runFilePage, runFilePageFile } from '../support/run-file-page.ts';

test('docs/run-file.md is what the schemas say: `npm run docs` writes it', async () => {
  expect(await readFile(runFilePageFile, 'utf8')).toBe(runFilePage());
});
