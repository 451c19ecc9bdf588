import { startServers } from './servers/start-servers.ts';
import { serversVariable } from './servers.ts';

/** Starts the servers once for a whole vitest run, unless they are there already. Returns what stops them. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[serversVariable]) return undefined;
  const servers = await startServers();
  process.env[serversVariable] = JSON.stringify(servers.addresses);
  for (const [name, reason] of Object.entries(servers.missing)) console.log(`without ${name}: ${reason}`);
  return () => servers.stop();
}
