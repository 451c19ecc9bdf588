import { appClient } from '../client/app-client.ts';
import { useConnectionsStore } from './connections-store.ts';

/** Asks for the saved connections and puts the answer into the store. */
export async function loadConnections(): Promise<void> {
  const store = useConnectionsStore();
  const reply = await appClient().call('connections.list', {});
  store.connections = reply.ok ? reply.value : [];
  store.problem = reply.ok ? null : reply.error.message;
}

/** Loads them now and whenever they change. Returns what ends that. */
export function followConnections(): () => void {
  void loadConnections();
  return appClient().on((event) => {
    const isAboutThem = event.type === 'reset' || (event.type === 'changed' && event.what === 'connections');
    if (isAboutThem) void loadConnections();
  });
}
