import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { openSession, tokenOf } from './client/browser-session.ts';
import App from './shell/App.vue';
import { useSessionStore } from './shell/session-store.ts';

const app = createApp(App).use(createPinia());
const token = window.sluice ? null : tokenOf(location.href);
if (token !== null) {
  // It must not stay in the history, nor be copied with the address.
  history.replaceState(null, '', location.pathname);
  // A session of before may be open all the same: the first call finds out.
  useSessionStore().problem = await openSession({ token });
}
app.mount('#app');
