/** `sluice profile`: what the source's columns hold where types depend on it, and the values that rules would touch. */
import type { CommandContext } from './command-context.ts';
import { documentCommand, type DocumentChoice } from './document-command.ts';
import { profileInHost } from './engine-host.ts';
import { profileLines } from './profile-text.ts';

/** Resolves with the exit code. Reads the source's rows, changes nothing. */
export const profileCommand = (choice: DocumentChoice, context: CommandContext): Promise<number> =>
  documentCommand(choice, context, async (ends) => {
    const profile = await profileInHost(ends, context);
    return { document: profile, lines: profileLines(profile), exitCode: 0 };
  });
