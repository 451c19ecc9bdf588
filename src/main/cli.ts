#!/usr/bin/env node
/** The command line: `sluice run`, `plan`, `demo`. Started by sluice.js, or directly by a Node.js that reads TypeScript. */
import '../shared/node-version.js';

const [{ runCommandLine }, { hostEntriesIn }] = await Promise.all([
  import('./commands/command-line.ts'),
  import('./hosts/host-process.ts'),
]);

// Unbuilt, the programs of the hosts lie in their own folder; built, beside this one.
const hosts = import.meta.url.endsWith('.ts')
  ? hostEntriesIn(new URL('hosts/', import.meta.url), '.ts')
  : hostEntriesIn(new URL('./', import.meta.url), '.js');

process.exitCode = await runCommandLine(process.argv.slice(2), hosts);
