/** The parts of a platform that work in processes of their own, put together alike for the window and headless. */
import type { Platform } from './application.ts';
import { findVault } from './credentials/find-vault.ts';
import { HostInspector } from './hosts/host-inspector.ts';
import type { HostEntries, ProcessFactory } from './hosts/host-process.ts';
import { ProcessStreamHosts } from './hosts/process-stream-hosts.ts';

export type HostedParts = Pick<Platform, 'hosts' | 'inspector' | 'vault' | 'environment' | 'closeHosts'>;

/** `environment` is this process's: hosts get what they need of it, `${NAME}` passwords are looked up in it. */
export function hostedParts(
  processes: ProcessFactory,
  entries: HostEntries,
  environment: Platform['environment'],
): HostedParts {
  const inspector = new HostInspector({ processes, entry: entries.inspector, environment });
  const vault = findVault({ processes, entry: entries.keychain, environment });
  return {
    inspector,
    vault,
    hosts: new ProcessStreamHosts({ processes, entry: entries.stream, environment, inspector }),
    environment,
    closeHosts: async () => {
      // What waits for an answer of theirs hears that none will come; then all of them go.
      inspector.close();
      vault.close();
      processes.killAll();
    },
  };
}
