import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { typesPage, typesPageFile } from '../support/types-page.ts';

test('docs/types.md is what the drivers say: `npm run docs` writes it', async () => {
  expect(await readFile(typesPageFile, 'utf8')).toBe(await typesPage());
});
