import { describe, expect, it } from 'vitest';
import { duration, interval, localTime, moment, relative, withTimes } from './time';

describe('an interval of fires', () => {
  it.each([
    [1000, '1 s', '1 秒'],
    [10_000, '10 s', '10 秒'],
    [60_000, '1 min', '1 分'],
    [90_000, '1 min 30 s', '1 分 30 秒'],
    [3_600_000, '1 h', '1 小时'],
    [5_400_000, '1 h 30 min', '1 小时 30 分'],
    [86_400_000, '1 d', '1 天'],
    [600_000, '10 min', '10 分'],
  ])('%d ms is shown as %s, %s', (ms, english, chinese) => {
    expect(interval(ms, 'en-GB')).toBe(english);
    expect(interval(ms, 'zh-CN')).toBe(chinese);
  });
});
describe('duration', () => {
  it.each([
    [0, '0 ms', '0 毫秒'],
    [999, '999 ms', '999 毫秒'],
    [1000, '1.0 s', '1.0 秒'],
    [9999, '9.9 s', '9.9 秒'],
    [10_000, '10 s', '10 秒'],
    [59_999, '59 s', '59 秒'],
    [60_000, '1 min 0 s', '1 分 0 秒'],
    [69_000, '1 min 9 s', '1 分 9 秒'],
    [3_599_000, '59 min 59 s', '59 分 59 秒'],
    [3_600_000, '1 h 0 min', '1 小时 0 分'],
    [86_400_000, '1 d 0 h', '1 天 0 小时'],
    [-5, '0 ms', '0 毫秒'],
  ])('%d ms is shown as %s, %s', (ms, english, chinese) => {
    expect(duration(ms, 'en-GB')).toBe(english);
    expect(duration(ms, 'zh-CN')).toBe(chinese);
  });
});

describe('relative', () => {
  const now = Date.UTC(2026, 0, 1, 12);
  it.each([
    [0, 'now', '现在'],
    [-999, 'now', '现在'],
    [59_999, 'in 59 sec', '59 秒后'],
    [60_000, 'in 1 min', '1 分钟后'],
    [119_999, 'in 1 min', '1 分钟后'],
    [-3_600_000, '1 hr ago', '1 小时前'],
    [-86_400_000, '1 day ago', '1 天前'],
    [3 * 86_400_000, 'in 3 days', '3 天后'],
    [-60 * 86_400_000, '2 mo ago', '2 个月前'],
    [800 * 86_400_000, 'in 2 yr', '2 年后'],
  ])('%d ms from now is %s, %s', (offset, english, chinese) => {
    expect(relative(now + offset, now, 'en-GB')).toBe(english);
    expect(relative(now + offset, now, 'zh-CN')).toBe(chinese);
  });
});

describe('localTime', () => {
  const at = new Date(2026, 8, 5, 9, 5, 3).getTime();
  it.each([
    [{}, '09:05', '09:05'],
    [{ seconds: true }, '09:05:03', '09:05:03'],
    [{ day: true }, '5 Sept, 09:05', '9月5日 09:05'],
    [{ day: true, weekday: true }, 'Sat 5 Sept, 09:05', '9月5日周六 09:05'],
    [{ day: true, seconds: true, year: true }, '5 Sept 2026, 09:05:03', '2026年9月5日 09:05:03'],
    [{ day: true, weekday: true, year: true }, 'Sat, 5 Sept 2026, 09:05', '2026年9月5日周六 09:05'],
  ])('%j: %s, %s', (parts, english, chinese) => {
    expect(localTime(at, 'en-GB', parts)).toBe(english);
    expect(localTime(at, 'zh-CN', parts)).toBe(chinese);
  });
});

describe('withTimes', () => {
  const say = (at: number) => `<${at}>`;
  it.each([
    ['paused since 1970-01-01T00:00:01.500Z: nothing', 'paused since <1500>: nothing'],
    ['from 1970-01-01T00:00:00Z to 1970-01-01T00:00:02.000Z', 'from <0> to <2000>'],
    ['no time at all', 'no time at all'],
  ])('%s', (text, result) => expect(withTimes(text, say)).toBe(result));
});

describe('moment', () => {
  const now = Date.UTC(2026, 0, 15, 12);
  it('leaves out the day of today', () => expect(moment(now + 60_000, now, 'en-GB', 'UTC')).toBe('12:01:00'));
  it('names another day', () => expect(moment(now + 86_400_000, now, 'en-GB', 'UTC')).toContain('16 Jan'));
  it('names another year', () => expect(moment(now + 365 * 86_400_000, now, 'en-GB', 'UTC')).toContain('2027'));
});
