// What of a definition may be shown to whoever looks over a shoulder: of an environment, of headers and of an
// address. A name that speaks of a secret hides its value; so does a password inside an address.
const SECRET_NAME =
  /pass(word|wd|phrase)?|pwd|secret|token|credential|private|authorization|cookie|session[-_]?id|signature|api[-_]?key|access[-_]?key|(^|[-_])(key|auth|dsn|pat|sig|jwt)($|[-_])/i;
const ADDRESS_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s@]+@/gi;
// A secret's placeholder tells nothing: {{API_TOKEN}} is what the definition says.
const PLACEHOLDER = /^([a-z]+ )?\{\{[^{}]+\}\}$/i;
export const HIDDEN = '••••••';

export function shownValue(name: string, value: string): string {
  if (value !== '' && SECRET_NAME.test(name) && !PLACEHOLDER.test(value)) return HIDDEN;
  return value.replace(ADDRESS_PASSWORD, `$1${HIDDEN}@`);
}

export function shownEnv(env: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, shownValue(name, value)]));
}

export function shownUrl(url: string): string {
  return url.replace(ADDRESS_PASSWORD, `$1${HIDDEN}@`).replace(/([?&])([^=&#]*)=([^&#]*)/g, (_, before, name, value) => `${before}${name}=${shownValue(name, value)}`);
}

// Whether anything of it is hidden, so that there is something to show on demand.
export function hides({ env, http }: { env: Record<string, string>; http: { url: string; headers: Record<string, string> } | null }): boolean {
  const values = [...Object.values(shownEnv(env)), ...(http ? [shownUrl(http.url), ...Object.values(shownEnv(http.headers))] : [])];
  return values.some((value) => value.includes(HIDDEN));
}
