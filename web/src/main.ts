import './app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { installSprite } from './components/icons';
import { loadLanguage, preferredLanguage } from './i18n/index.svelte';
import { router } from './router.svelte';

installSprite();
// The words and the first page travel side by side; nothing is shown before the words are there.
const firstPage = router.start();
await loadLanguage(preferredLanguage());
await firstPage;
mount(App, { target: document.getElementById('app')! });
