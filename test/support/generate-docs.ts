/** `npm run docs`: writes the pages of docs/ that are made from the source. */
import { writeFile } from 'node:fs/promises';
import { typesPage, typesPageFile } from './types-page.ts';

await writeFile(typesPageFile, await typesPage());
