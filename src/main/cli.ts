#!/usr/bin/env node
/** The command line: `sluice run`, `plan`, `demo`. Started by sluice.js, or directly by a Node.js that reads TypeScript. */
import '../shared/node-version.js';

const [{ runCommandLine }, { hostEntriesOf }] = await Promise.all([
  import('./commands/command-line.ts'),
  import('./hosts/host-process.ts'),
]);

process.exitCode = await runCommandLine(process.argv.slice(2), hostEntriesOf(import.meta.url));
