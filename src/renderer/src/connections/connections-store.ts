import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { OperationOutput } from '../../../shared/contract/contract.ts';

export type ListedConnection = OperationOutput<'connections.list'>[number];

/** The saved connections as this window last heard of them. */
export const useConnectionsStore = defineStore('connections', () => {
  /** null: not heard of yet. */
  const connections = shallowRef<readonly ListedConnection[] | null>(null);
  /** Why they could not be had: a sentence for people. null: they could. */
  const problem = shallowRef<string | null>(null);
  return { connections, problem };
});
