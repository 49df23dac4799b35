// The API page: RapiDoc on the server's own /openapi.json. A separate entry, so that nobody else loads it.
import 'rapidoc/dist/rapidoc-min.js';
import './docs.css';

const dark =
  document.documentElement.dataset.theme === 'dark' ||
  (document.documentElement.dataset.theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);

const page = document.createElement('rapi-doc');
const settings: Record<string, string> = {
  'spec-url': '/openapi.json',
  'render-style': 'focused',
  theme: dark ? 'dark' : 'light',
  'bg-color': dark ? '#131418' : '#ffffff',
  'text-color': dark ? '#e8e9ed' : '#1b1c20',
  'nav-bg-color': dark ? '#191b20' : '#f7f7f9',
  'nav-text-color': dark ? '#a9adb8' : '#53565f',
  'nav-hover-bg-color': dark ? '#2a2d35' : '#e9e9ef',
  'nav-hover-text-color': dark ? '#e8e9ed' : '#1b1c20',
  'show-method-in-nav-bar': 'as-plain-text',
  'primary-color': dark ? '#99a2ff' : '#4b57cf',
  'load-fonts': 'false',
  'regular-font': 'system-ui, sans-serif',
  'mono-font': 'ui-monospace, monospace',
  'show-header': 'false',
  'allow-server-selection': 'false',
  'allow-spec-url-load': 'false',
  'allow-spec-file-load': 'false',
  'schema-description-expanded': 'true',
  'fill-request-fields-with-example': 'false',
};
for (const [name, value] of Object.entries(settings)) page.setAttribute(name, value);
document.getElementById('docs')?.append(page);
