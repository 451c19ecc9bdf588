import { defineStore } from 'pinia';
import { shallowRef } from 'vue';

/** Whether the app lets these pages in. The window always is; a browser needs a session. */
export const useSessionStore = defineStore('session', () => {
  const isOpen = shallowRef(true);
  /** Why the last try to get in failed: a sentence for people. null: there was none. */
  const problem = shallowRef<string | null>(null);
  const close = () => void (isOpen.value = false);
  return { isOpen, problem, close };
});
