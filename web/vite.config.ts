import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin, Rollup } from 'vite';
import { defineConfig } from 'vitest/config';
import { urlOf } from './src/api/client';
import { DEFAULT_QUERY, listQuery } from './src/model/taskQuery';
import { ROUTES, expressionOf, type PageName } from './src/routes';

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const server = process.env.SCHEDULER_URL ?? 'http://127.0.0.1:8010';
const toServer = { target: server, changeOrigin: true };

const SHARED = [
  /node_modules\/(svelte|esm-env|lucide|clsx|devalue)\//,
  /\/src\/(api|live)\//,
  /\/src\/[a-zA-Z.]+(?<!main|docs)\.ts$/,
  /\/src\/i18n\/(index\.svelte|fill)\.ts$/,
  /\/src\/model\/(time|zones|execution|taskQuery|iconPath|strip|slots|upcoming)\.ts$/,
  /\/src\/components\/(icons\.ts|(Ago|ConfirmDialog|Dialog|Facts|Field|Icon|Logo|Menu|MenuPopup|PageHead|Problem|Shell|Status|Strip|Toasts)\.svelte)/,
];
const STYLES = /(?<!\/src\/docs)\.css$/;

// What every page asks first, then what one asks whose address has no query.
const questionsOf = (page: PageName) => {
  if (page === 'login' || page === 'register') return [];
  return page === 'tasks' ? ['/auth/me', urlOf('/tasks', listQuery(DEFAULT_QUERY))] : ['/auth/me'];
};

// boot.js learns which files each page and each language needs, and what it will ask the server, so that the browser
// fetches them beside the entry and not after it.
function earlyFiles(): Plugin {
  return {
    name: 'early-files',
    apply: 'build',
    generateBundle(_, bundle) {
      const parts: Record<string, string[]> = {};
      const filesOf = (chunk: Rollup.OutputChunk) => {
        const chunks = [chunk, ...chunk.imports.map((path) => bundle[path])].filter((each) => each?.type === 'chunk');
        return chunks.flatMap((each) => [each.fileName, ...(each.viteMetadata?.importedCss ?? [])]);
      };
      const entry = Object.values(bundle).find((chunk) => chunk.type === 'chunk' && chunk.isEntry && chunk.name === 'index');
      const named = new Set(filesOf(entry as Rollup.OutputChunk));
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue;
        const name = /\/src\/(?:pages|i18n)\/(\w+)\.(?:svelte|ts)$/.exec(chunk.facadeModuleId ?? '')?.[1];
        if (name) parts[name] = filesOf(chunk).filter((path) => !named.has(path)).map((path) => `/${path}`);
      }
      const pages = ROUTES.map(({ pattern, page }) => [expressionOf(pattern).source, parts[page[0]!.toUpperCase() + page.slice(1)], questionsOf(page)]);
      const source = readFileSync(file('boot.js'), 'utf8').replace('/* pages */ []', JSON.stringify(pages)).replace('/* languages */ {}', JSON.stringify({ en: parts.en, zh: parts.zh }));
      this.emitFile({ type: 'asset', fileName: 'boot.js', source });
    },
  };
}

export default defineConfig({
  plugins: [svelte(), earlyFiles()],
  build: {
    target: 'es2022',
    // The content security policy allows nothing inline, so nothing may become a data: URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
    rollupOptions: {
      input: { index: file('index.html'), docs: file('docs.html') },
      output: {
        // What every page needs travels as one file, and the styles of all pages as another: dozens of small ones
        // would wait for each other.
        manualChunks: (id) => (SHARED.some((part) => part.test(id)) || STYLES.test(id) ? 'base' : undefined),
      },
    },
  },
  server: {
    port: 5173,
    proxy: {
      '^/(auth|users|tasks|executions|events|api|audit|healthz|openapi.json)': toServer,
    },
  },
  // They share nothing but what they clean up, and a world of its own for each file costs more than its tests.
  test: {
    environment: 'node',
    isolate: false,
    projects: [
      { extends: true, test: { name: 'model', include: ['src/**/*.test.ts'], exclude: ['src/**/*.zone.test.ts'], pool: 'threads' } },
      // A thread cannot choose its time zone.
      { extends: true, test: { name: 'zones', include: ['src/**/*.zone.test.ts'], pool: 'forks' } },
    ],
  },
});
