import { describe, expect, it } from 'vitest';
import { HIDDEN, hides, shownEnv, shownUrl, shownValue } from './secrets';

describe('what an environment shows', () => {
  it.each(['PASSWORD', 'PGPASSWORD', 'DB_PWD', 'github_token', 'AWS_SECRET_ACCESS_KEY', 'API_KEY', 'APIKEY', 'SSH_KEY', 'BASIC_AUTH', 'SENTRY_DSN'])('%s is hidden', (name) =>
    expect(shownValue(name, 'hunter2')).toBe(HIDDEN));
  it.each(['PATH', 'HOME', 'KEYBOARD', 'MONKEY', 'AUTHOR', 'LANG'])('%s is shown', (name) => expect(shownValue(name, 'x')).toBe('x'));
  it('hides the password inside an address', () =>
    expect(shownValue('DB', 'postgresql://shop:hunter2@db:5432/shop')).toBe(`postgresql://shop:${HIDDEN}@db:5432/shop`));
  it.each(['Authorization', 'Proxy-Authorization', 'Cookie', 'X-Api-Key', 'X-Auth-Token', 'apikey', 'X-Hub-Signature', 'X-Amz-Signature', 'X-JWT', 'X-Session-Id'])('the header %s is hidden', (name) =>
    expect(shownEnv({ [name]: 'abc' })[name]).toBe(HIDDEN));
  it.each(['Accept', 'Content-Type', 'User-Agent', 'X-Request-Id', 'Author', 'SESSION_TIMEOUT'])('the header %s is shown', (name) => expect(shownValue(name, 'x')).toBe('x'));
  it('shows the place that a secret is put in', () => expect(shownValue('Authorization', 'Bearer {{API_TOKEN}}')).toBe('Bearer {{API_TOKEN}}'));
  it.each([
    ['https://h/p?page=2#top', 'https://h/p?page=2#top'],
    ['https://h/p?page=2&token=abc&api-key=d#token=x', `https://h/p?page=2&token=${HIDDEN}&api-key=${HIDDEN}#token=x`],
    ['https://bob:abc@h/?sig=x', `https://bob:${HIDDEN}@h/?sig=${HIDDEN}`],
    ['https://h/?key={{KEY}}', 'https://h/?key={{KEY}}'],
  ])('of %s it shows %s', (url, shown) => expect(shownUrl(url)).toBe(shown));
  it('tells whether anything is hidden', () => {
    const call = { url: 'https://h/', headers: { Accept: 'x' } };
    expect(hides({ env: {}, http: null })).toBe(false);
    expect(hides({ env: {}, http: call })).toBe(false);
    expect(hides({ env: { TOKEN: 'x' }, http: null })).toBe(true);
    expect(hides({ env: {}, http: { ...call, headers: { Cookie: 'x' } } })).toBe(true);
    expect(hides({ env: {}, http: { ...call, url: 'https://h/?token=x' } })).toBe(true);
  });
  it('shows that a secret is empty', () => expect(shownEnv({ TOKEN: '' })).toEqual({ TOKEN: '' }));
});
