/** `npm run docs`: writes the pages of docs/ that are made from the source. */
import { writeFile } from 'node:fs/promises';
import { runFilePage, runFilePageFile } from './run-file-page.ts';
import { typesPage, typesPageFile } from './types-page.ts';

await writeFile(typesPageFile, await typesPage());
await writeFile(runFilePageFile, runFilePage());
