#!/usr/bin/env node
/** The command line. Started by sluice.js, or directly by a Node.js that reads TypeScript. */
import '../shared/node-version.js';

const [{ runCommandLine }, { hostEntriesOf }] = await Promise.all([
  import('./commands/command-line.ts'),
  import('./hosts/host-process.ts'),
]);

const { url } = import.meta;
// The pages are always built; this program is not when it is started from its source.
const ui = new URL(url.endsWith('.ts') ? '../../out/renderer/' : '../renderer/', url);

process.exitCode = await runCommandLine(process.argv.slice(2), { hosts: hostEntriesOf(url), ui });
