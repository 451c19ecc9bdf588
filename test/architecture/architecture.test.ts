/** Each rule is seen to fail on files made up for it, then all of them are put to the real ones. */
import { describe, expect, test } from 'vitest';
import { checkGraph } from './check-graph.ts';
import { readDependencies, readProjectFiles } from './project-files.ts';

const check = (files: Record<string, string>) => checkGraph(new Map(Object.entries(files)), ['pg', 'vue']);
const empty = 'export {};';

describe('allowed imports', () => {
  test.each([
    ['src/shared/a.ts', '../main/services/b.ts', 'src/main/services/b.ts'],
    ['src/renderer/src/a.ts', '../../main/services/b.ts', 'src/main/services/b.ts'],
    ['src/renderer/src/a.ts', '../../preload/b.ts', 'src/preload/b.ts'],
    ['src/preload/a.ts', '../main/services/b.ts', 'src/main/services/b.ts'],
    ['src/main/engine/a.ts', '../services/b.ts', 'src/main/services/b.ts'],
    ['src/main/services/a.ts', '../transports/rest/b.ts', 'src/main/transports/rest/b.ts'],
    ['src/main/services/a.ts', '../engine/b.ts', 'src/main/engine/b.ts'],
    ['src/main/stores/a.ts', '../services/b.ts', 'src/main/services/b.ts'],
    ['src/main/credentials/a.ts', '../services/b.ts', 'src/main/services/b.ts'],
    ['src/main/index.ts', './engine/b.ts', 'src/main/engine/b.ts'],
    ['src/main/services/a.ts', '../../../test/b.ts', 'test/b.ts'],
  ])('%s must not import %s', (from, specifier, to) => {
    const sentence = `${from} must not import ${to}`;
    expect(check({ [from]: `import { b } from '${specifier}';`, [to]: empty })).toEqual([sentence]);
    expect(check({ [from]: `import type { B } from '${specifier}';`, [to]: empty })).toEqual([sentence]);
    expect(check({ [from]: `const b = await import('${specifier}');`, [to]: empty })).toEqual([sentence]);
    expect(check({ [from]: `type B = import('${specifier}').B;`, [to]: empty })).toEqual([sentence]);
  });

  test('components count', () => {
    const file =
      '<script setup lang="ts">\nimport { b } from "../../main/services/b.ts";\n</script>\n<template><i /></template>\n';
    expect(check({ 'src/renderer/src/A.vue': file, 'src/main/services/b.ts': empty })).toEqual([
      'src/renderer/src/A.vue must not import src/main/services/b.ts',
    ]);
  });

  test('a file outside the plan is refused', () => {
    expect(check({ 'src/main/odd/a.ts': empty })).toEqual([
      'src/main/odd/a.ts is in no room: see test/architecture/rules.ts',
    ]);
  });

  test('an import that leads nowhere is refused', () => {
    expect(check({ 'src/shared/a.ts': "import './b.ts';" })).toEqual([
      'src/shared/a.ts imports ./b.ts, which does not exist',
    ]);
  });

  test('what is allowed passes', () => {
    const files = {
      'src/shared/a.ts': "import { z } from 'zod';",
      'src/main/engine/driver/registry.ts': "const load = () => import('../drivers/postgres/a.ts');",
      'src/main/engine/drivers/postgres/a.ts':
        "import pg from 'pg';\nimport './b.ts';\nimport '../../../../shared/a.ts';",
      'src/main/engine/drivers/postgres/b.ts': "import { readFile } from 'node:fs/promises';",
      'src/main/windows/a.ts': "import { BrowserWindow } from 'electron';",
      'test/a.test.ts': "import 'vitest';\nimport '../src/main/engine/drivers/postgres/a.ts';",
    };
    expect(checkGraph(new Map(Object.entries(files)), ['pg', 'zod'])).toEqual([]);
  });
});

describe('packages', () => {
  test.each([
    ['src/main/engine/a.ts', 'electron', 'must not import the package electron'],
    ['src/main/engine/a.ts', 'fastify', 'must not import the package fastify'],
    ['src/main/services/a.ts', 'electron', 'must not import the package electron'],
    ['src/main/transports/rest/a.ts', 'electron', 'must not import the package electron'],
    ['src/renderer/src/a.ts', 'electron', 'must not import the package electron'],
    ['src/renderer/src/a.ts', 'node:fs', "must not import Node's node:fs"],
    ['src/shared/a.ts', 'fs/promises', "must not import Node's fs/promises"],
    ['src/shared/a.ts', 'vue', 'must not import the package vue'],
    [
      'src/main/services/a.ts',
      '@vue/test-utils/x',
      "imports @vue/test-utils, which is not in the project's dependencies",
    ],
  ])('%s: %s', (from, name, complaint) => {
    expect(check({ [from]: `import a from '${name}';` })).toEqual([`${from} ${complaint}`]);
  });
});

describe('drivers', () => {
  const complaint = ': drivers are loaded by the registry';

  test('know no other driver', () => {
    const files = {
      'src/main/engine/drivers/mysql/a.ts': "import type { B } from '../postgres/b.ts';",
      'src/main/engine/drivers/postgres/b.ts': empty,
    };
    expect(check(files)).toEqual([
      `src/main/engine/drivers/mysql/a.ts must not import src/main/engine/drivers/postgres/b.ts${complaint}`,
    ]);
  });

  test('are not known to the engine', () => {
    const files = {
      'src/main/engine/copy/a.ts': "import '../drivers/postgres/b.ts';",
      'src/main/engine/drivers/postgres/b.ts': empty,
    };
    expect(check(files)).toEqual([
      `src/main/engine/copy/a.ts must not import src/main/engine/drivers/postgres/b.ts${complaint}`,
    ]);
  });
});

describe('cycles', () => {
  test('of type imports and through several files', () => {
    const files = {
      'src/shared/a.ts': "import type { B } from './b.ts';",
      'src/shared/b.ts': "import { c } from './c.ts';\nimport { d } from './d.ts';",
      'src/shared/c.ts': "export const c = () => import('./a.ts');",
      'src/shared/d.ts': empty,
    };
    expect(check(files)).toEqual(['these import each other: src/shared/a.ts, src/shared/b.ts, src/shared/c.ts']);
  });

  test('of one file', () => {
    expect(check({ 'src/shared/a.ts': "import './a.ts';" })).toEqual(['these import each other: src/shared/a.ts']);
  });

  test('a diamond is none', () => {
    const files = {
      'src/shared/a.ts': "import './b.ts';\nimport './c.ts';",
      'src/shared/b.ts': "import './d.ts';",
      'src/shared/c.ts': "import './d.ts';",
      'src/shared/d.ts': empty,
    };
    expect(check(files)).toEqual([]);
  });
});

describe('what an entry loads', () => {
  const application = { 'src/main/application.ts': "import './services/a.ts';\nimport './hosts/b.ts';" };

  test.each(['child_process', 'node:worker_threads', 'node:cluster'])('no %s under Electron', (name) => {
    const files = {
      'src/main/index.ts': "import './application.ts';",
      ...application,
      'src/main/services/a.ts': empty,
      'src/main/hosts/b.ts': `const { fork } = await import('${name}');`,
    };
    expect(check(files)).toEqual([
      `src/main/index.ts must not load ${name}: src/main/index.ts -> src/main/application.ts -> src/main/hosts/b.ts`,
    ]);
  });

  test('types of a child process are allowed', () => {
    const files = {
      'src/main/index.ts': "import './application.ts';",
      ...application,
      'src/main/services/a.ts': "import type { ChildProcess } from 'node:child_process';",
      'src/main/hosts/b.ts': empty,
    };
    expect(check(files)).toEqual([]);
  });

  test('no Electron without a window', () => {
    const files = {
      'src/main/cli.ts': "import './application.ts';",
      'src/main/application.ts': "import './stores/a.ts';",
      'src/main/stores/a.ts': "const store = await import('electron-store');",
    };
    expect(checkGraph(new Map(Object.entries(files)), ['electron-store'])).toEqual([
      'src/main/cli.ts must not load electron-store: src/main/cli.ts -> src/main/application.ts -> src/main/stores/a.ts',
    ]);
  });
});

test('no barrels', () => {
  const files = { 'src/shared/index.ts': "export * from './a.ts';", 'src/shared/a.ts': empty };
  expect(check(files)).toEqual(['src/shared/index.ts exports from another file: no barrels']);
});

test('400 lines a file', () => {
  expect(check({ 'src/shared/a.ts': '\n'.repeat(400) })).toEqual([]);
  expect(check({ 'src/shared/a.ts': '\n'.repeat(401) })).toEqual(['src/shared/a.ts has 401 lines, 400 is the most']);
  expect(check({ 'src/renderer/src/A.vue': '\n'.repeat(401) })).toHaveLength(1);
});

test('the project keeps to all of it', () => {
  const files = readProjectFiles();
  expect(files.size).toBeGreaterThan(20);
  expect(checkGraph(files, readDependencies())).toEqual([]);
});
