import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceFiles } from './import-graph.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));

/** Every source file below src and test. */
export function readProjectFiles(): SourceFiles {
  const paths = globSync('{src,test}/**/*.{ts,js,vue}', { cwd: project });
  return new Map(paths.sort().map((path) => [path.replaceAll(sep, '/'), readFileSync(join(project, path), 'utf8')]));
}

/** Packages that an installed Sluice has. */
export function readDependencies(): string[] {
  const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as Record<string, object>;
  return Object.keys({ ...manifest['dependencies'], ...manifest['optionalDependencies'] });
}
