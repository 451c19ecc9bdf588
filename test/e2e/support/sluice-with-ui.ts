/** The command line with the pages in a folder of the test: first argument, before those of the command. */
import { pathToFileURL } from 'node:url';
import { runCommandLine } from '../../../src/main/commands/command-line.ts';
import { hostEntriesOf } from '../../../src/main/hosts/host-process.ts';

const [folder, ...args] = process.argv.slice(2);
const cli = new URL('../../../src/main/cli.ts', import.meta.url);

process.exitCode = await runCommandLine(args, { hosts: hostEntriesOf(cli.href), ui: pathToFileURL(`${folder}/`) });
