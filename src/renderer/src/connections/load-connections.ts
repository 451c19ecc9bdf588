import { useConnectionsStore } from './connections-store.ts';

/** Asks for the saved connections and puts the answer into the store. */
export async function loadConnections(): Promise<void> {
  const store = useConnectionsStore();
  const reply = await window.sluice.call('connections.list', {});
  store.connections = reply.ok ? reply.value : [];
  store.problem = reply.ok ? null : reply.error.message;
}
