/** A parent that tests end in all ways: starts a drill host that does what the argument says, and prints its process id. */
import { childProcessFactory } from '../../../src/main/hosts/child-process-factory.ts';
import { HostClient } from '../../../src/main/hosts/host-client.ts';
import { plainEnvironment } from '../../../src/main/hosts/host-environment.ts';
import { drillOperations } from './drill-operations.ts';

const [operation, end] = process.argv.slice(2) as ['wait' | 'block', 'exit' | 'stay' | 'return'];
const launch = { title: 'drill', heapMegabytes: 64, environment: plainEnvironment(process.env) };
const host = childProcessFactory().fork(new URL('./drill-host-entry.ts', import.meta.url), launch);
const client = new HostClient(host, drillOperations, { title: 'The drill', hangMs: null });
// The child does not keep this process alive, so something else has to until the child is up.
const alive = setInterval(() => undefined, 1_000);
await client.up;
client.call(operation, null, { graceMs: 0 }).catch(() => undefined);
console.log(host.pid);
if (end === 'exit') process.exit(0);
if (end === 'return') clearInterval(alive);
