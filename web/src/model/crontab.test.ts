import { describe, expect, it } from 'vitest';
import { readCrontab } from './crontab';

describe('a pasted crontab', () => {
  it('names a task by the comment above it', () => {
    const { tasks } = readCrontab('# nightly backup\n30 2 * * *  /usr/bin/backup --all\n');
    expect(tasks).toMatchObject([{ line: 2, name: 'nightly backup', cron: '30 2 * * *', command: '/usr/bin/backup --all' }]);
  });
  it('names a task by its command where there is no comment', () =>
    expect(readCrontab('@daily /usr/bin/backup --all now').tasks[0]).toMatchObject({ cron: '@daily', name: 'backup --all now' }));
  it('keeps the environment as it stands at the line', () => {
    const { tasks } = readCrontab('A=1\n* * * * * x\nA="2 3"\nCRON_TZ=Asia/Shanghai\nMAILTO=root\n* * * * * y');
    expect(tasks.map(({ env, timezone }) => [env, timezone])).toEqual([[{ A: '1' }, ''], [{ A: '2 3' }, 'Asia/Shanghai']]);
  });
  it('takes an escaped % as one', () => expect(readCrontab('* * * * * date +\\%F').tasks[0]!.command).toBe('date +%F'));
  it('leaves out what it cannot take and says which', () =>
    expect(readCrontab('* * * * * cat%hello\nnonsense').problems).toMatchObject([
      { line: 1, key: 'import.percent' },
      { line: 2, key: 'import.unreadable' },
    ]));
  it('gives each task a name of its own', () =>
    expect(readCrontab('* * * * * x\n1 * * * * x').tasks.map(({ name }) => name)).toEqual(['x', 'x 2']));
});
