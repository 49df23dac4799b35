import './app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { askFirst } from './askFirst';
import { loadLanguage, preferredLanguage } from './i18n/index.svelte';
import { router } from './router.svelte';

// A page that has its data soon is drawn once; one that has to wait longer for it shows its frame meanwhile.
const LONGEST_WAIT_MS = 150;

// The words, the first page and what that page will show travel side by side; nothing is shown before the words are
// there.
const data = askFirst();
const firstPage = router.start();
await loadLanguage(preferredLanguage());
await firstPage;
await Promise.race([data, new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT_MS))]);
mount(App, { target: document.getElementById('app')! });
// The first use of Intl loads its tables, which takes a browser tens of milliseconds: when it has nothing else to do.
const whenIdle = window.requestIdleCallback ?? setTimeout;
whenIdle(() => new Intl.DateTimeFormat(document.documentElement.lang).format(0));
