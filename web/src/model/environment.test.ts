import { describe, expect, it } from 'vitest';
import { environmentOf, quoted } from './environment';
import { HIDDEN } from './secrets';

const nothing = { env: {}, secrets: {}, secret_files: {} };
const run = { id: 9, task_id: 2, task_name: 'nightly', attempt: 1, scheduled_at: null, env: {} };
const valueOf = (variables: ReturnType<typeof environmentOf>, name: string) => variables.find((one) => one.name === name);

describe('what a run had around it', () => {
  it('its own variables take the place of its task\'s', () => {
    const variables = environmentOf({ ...nothing, env: { PLAIN: 'of the task', KEPT: 'x' } }, { ...run, env: { PLAIN: 'changed', OVERRIDE: 'from-run' } });
    expect(valueOf(variables, 'PLAIN')).toEqual({ name: 'PLAIN', value: 'changed', from: 'run' });
    expect(valueOf(variables, 'OVERRIDE')?.value).toBe('from-run');
    expect(valueOf(variables, 'KEPT')).toEqual({ name: 'KEPT', value: 'x', from: 'task' });
    expect(variables.filter(({ name }) => name === 'PLAIN')).toHaveLength(1);
  });
  it('a chain tells what came before', () => {
    const variables = environmentOf(nothing, { ...run, env: { MINI_SCHEDULER_UPSTREAM_EXECUTION_ID: '8' } });
    expect(valueOf(variables, 'MINI_SCHEDULER_UPSTREAM_EXECUTION_ID')?.value).toBe('8');
  });
  it('of secrets their names only, of what speaks of one nothing unless asked', () => {
    const definition = { env: { API_TOKEN: 'abc' }, secrets: { PGPASSWORD: 'db.password' }, secret_files: { PGPASSFILE: 'db.passfile' } };
    const own = { ...run, env: { RUN_SECRET: 'zzz' } };
    const hidden = environmentOf(definition, own);
    expect(valueOf(hidden, 'PGPASSWORD')).toEqual({ name: 'PGPASSWORD', value: 'db.password', from: 'secret' });
    expect(valueOf(hidden, 'PGPASSFILE')).toEqual({ name: 'PGPASSFILE', value: 'db.passfile', from: 'secret_file' });
    expect([valueOf(hidden, 'API_TOKEN')?.value, valueOf(hidden, 'RUN_SECRET')?.value]).toEqual([HIDDEN, HIDDEN]);
    const revealed = environmentOf(definition, own, true);
    expect([valueOf(revealed, 'API_TOKEN')?.value, valueOf(revealed, 'RUN_SECRET')?.value]).toEqual(['abc', 'zzz']);
  });
  it.each([
    ['plain-1.txt', 'plain-1.txt'],
    ['a b', "'a b'"],
    ["it's", "'it'\\''s'"],
    ['', "''"],
    ['$HOME', "'$HOME'"],
  ])('the argument %j is shown as %s', (argument, shown) => expect(quoted(argument)).toBe(shown));
});
