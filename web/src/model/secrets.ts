// What of an environment may be shown. A name that speaks of a secret hides its value; so does a password
// inside an address.
const SECRET_NAME = /pass(word|wd|phrase)?|pwd|secret|token|credential|private|api_?key|access_?key|(^|_)(key|auth|dsn|pat)($|_)/i;
const ADDRESS_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s@]+@/gi;
export const HIDDEN = '••••••';

export function shownValue(name: string, value: string): string {
  if (value !== '' && SECRET_NAME.test(name)) return HIDDEN;
  return value.replace(ADDRESS_PASSWORD, `$1${HIDDEN}@`);
}

export function shownEnv(env: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, shownValue(name, value)]));
}
