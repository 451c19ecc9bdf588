import { databaseKinds, databaseTitles } from '../../src/shared/model/database-kind.ts';
import type { TypeDocs } from '../../src/main/engine/driver/dialect.ts';
import { loadDriver } from '../../src/main/engine/driver/registry.ts';

export const typesPageFile = new URL('../../docs/types.md', import.meta.url);

const introduction = `# Types

A column's type is read as a *neutral type*, and the target writes that as a type of its own. What is lost on the way, or looks
different, is a finding of the plan: nothing changes silently. Between databases of the same family the type itself is kept
wherever both have it. The column option \`targetType\` overrides all of this, \`rules {}\` decides where a value has no
counterpart.

This page is made from the drivers by \`npm run docs\`.`;

/** The text of docs/types.md, from the one table that each driver has. */
export async function typesPage(): Promise<string> {
  const databases = await Promise.all(
    databaseKinds.map(async (kind) => ({
      title: databaseTitles[kind],
      docs: (await loadDriver(kind)).dialect.typeDocs,
    })),
  );
  const kinds = Object.keys(databases[0]!.docs.writes) as (keyof TypeDocs['writes'])[];
  const overview = table(
    ['neutral type', ...databases.map(({ title }) => title)],
    kinds.map((kind) => [kind, ...databases.map(({ docs }) => docs.writes[kind].native)]),
  );
  const sections = databases.flatMap(({ title, docs }) => [
    `## ${title}`,
    `### Read from ${title}`,
    table(
      [title, 'neutral type', 'note'],
      docs.reads.map(({ native, neutral, note }) => [native, neutral, note]),
    ),
    `### Written to ${title}`,
    table(
      ['neutral type', title, 'note'],
      kinds.map((kind) => [kind, docs.writes[kind].native, docs.writes[kind].note]),
    ),
  ]);
  return [introduction, '## What each database writes', overview, ...sections].join('\n\n') + '\n';
}

/** A table in Markdown; bars inside cells are escaped. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
