import { describe, expect, it } from 'vitest';
import { HIDDEN, shownEnv, shownValue } from './secrets';

describe('what an environment shows', () => {
  it.each(['PASSWORD', 'PGPASSWORD', 'DB_PWD', 'github_token', 'AWS_SECRET_ACCESS_KEY', 'API_KEY', 'APIKEY', 'SSH_KEY', 'BASIC_AUTH', 'SENTRY_DSN'])('%s is hidden', (name) =>
    expect(shownValue(name, 'hunter2')).toBe(HIDDEN));
  it.each(['PATH', 'HOME', 'KEYBOARD', 'MONKEY', 'AUTHOR', 'LANG'])('%s is shown', (name) => expect(shownValue(name, 'x')).toBe('x'));
  it('hides the password inside an address', () =>
    expect(shownValue('DB', 'postgresql://shop:hunter2@db:5432/shop')).toBe(`postgresql://shop:${HIDDEN}@db:5432/shop`));
  it('shows that a secret is empty', () => expect(shownEnv({ TOKEN: '' })).toEqual({ TOKEN: '' }));
});
