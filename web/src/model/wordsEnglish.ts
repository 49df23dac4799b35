// The grammar of English wishes: clauses in any order, each at most once.
import { put, span, WEEKEND, WORKDAYS, type MonthDay, type NthWeekday, type Period, type Time, type Unit, type Wish } from './wish';
import { readClauses, WordScanner } from './wordScanner';

const NUMBERS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];
const LARGE: Record<string, number> = { fifteen: 15, twenty: 20, thirty: 30, other: 2 };
const ORDINALS = ['', 'first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const NUMBER = `\\d{1,4}|${NUMBERS.slice(1).join('|')}|${Object.keys(LARGE).join('|')}`;
const ORDINAL = `\\d{1,2}(?:st|nd|rd|th)|${ORDINALS.slice(1).join('|')}`;
const DAY = 'sun(?:day)?|mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs?|rsday)?|fri(?:day)?|sat(?:urday)?';
const MONTH =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?';
const TO = /to|through|thru|until|till|-/;
const AND = /,? and|,|&/;
const EACH = '(?:every|each)';

const number = (word: string) => (/^\d/.test(word) ? parseInt(word, 10) : (LARGE[word] ?? NUMBERS.indexOf(word)));
const ordinal = (word: string) => (/^\d/.test(word) ? parseInt(word, 10) : ORDINALS.indexOf(word));
const dayOf = (word: string) => DAYS.indexOf(word.slice(0, 3));
const monthOf = (word: string) => MONTHS.indexOf(word.slice(0, 3)) + 1;

// How sure the hour is: by am or pm, by its own name, or a bare number of the 24-hour clock.
type Mark = 'marked' | 'named' | 'bare';
interface Said extends Time {
  mark: Mark;
  // Whether it can be nothing but a time: "9:30", "9 am", "noon".
  plain: boolean;
}
type Part = 'morning' | 'afternoon' | 'evening' | 'night';

export function wishFromEnglish(text: string): Wish | null {
  // A piece ends where its word ends.
  const scanner = new WordScanner(text, '(?:(?<![a-z0-9])|(?![a-z0-9:]))');
  const wish: Wish = {};
  let part: Part | null = null;
  let said: Said[] | null = null;
  // "of the month" alone names no day, where "every month" means its first.
  let within = false;
  let onTheHour = false;

  const saidAs = (hour: number, minute: number, mark: Mark, plain = true): Said => ({ hour, minute, second: 0, mark, plain });
  function time(): Said | null {
    if (scanner.has(/noon|midday/)) return saidAs(12, 0, 'named');
    if (scanner.has(/midnight/)) return saidAs(0, 0, 'named');
    const past = scanner.take(new RegExp(`(half|(?:a )?quarter) (past|to) (${NUMBER})`));
    const shape = /(\d{1,2})(?:[:.h](\d{2}))?(?::(\d{2}))?(?: ?(am|pm|o'clock))?/;
    const match = past ?? scanner.take(shape) ?? scanner.take(new RegExp(`(${NUMBERS.slice(1).join('|')})()()(?: (am|pm|o'clock))?`));
    if (!match) return null;
    if (past) {
      const at = number(past[3]!) * 60 + (past[1] === 'half' ? 30 : 15) * (past[2] === 'past' ? 1 : -1);
      if ((past[1] === 'half' && past[2] === 'to') || number(past[3]!) > 23) return null;
      return saidAs(Math.floor(at / 60), at % 60, 'bare');
    }
    const [, hours, minutes, seconds, mark] = match;
    const hour = number(hours!);
    const minute = Number(minutes || 0);
    const second = Number(seconds || 0);
    const plain = !!minutes || !!mark;
    if (minute > 59 || second > 59) return null;
    if (mark === 'am' || mark === 'pm') {
      if (hour < 1 || hour > 12) return null;
      return { hour: (hour % 12) + (mark === 'pm' ? 12 : 0), minute, second, mark: 'marked', plain };
    }
    return hour > 23 ? null : { hour, minute, second, mark: 'bare', plain };
  }

  // "ten to five", "5 past 9"; digits before "to" may be a range. "0900" is no year only behind "at".
  function timeBehindAt(): Said | null {
    const minutes = scanner.take(new RegExp(`(?:(five|ten|twenty) (?:minutes )?(past|to)|(\\d{1,2}) (?:minutes )?past) (${NUMBER})`));
    if (minutes) {
      const count = number(minutes[1] ?? minutes[3]!);
      const hour = number(minutes[4]!);
      const at = hour * 60 + count * (minutes[2] === 'to' ? -1 : 1);
      return hour > 23 || count > 59 || at < 0 ? null : saidAs(Math.floor(at / 60), at % 60, 'bare');
    }
    const digits = scanner.take(/(\d{2})(\d{2})/);
    if (!digits) return time();
    const [hour, minute] = [Number(digits[1]), Number(digits[2])];
    return hour > 23 || minute > 59 ? null : saidAs(hour, minute, 'bare');
  }

  function interval(): true | null {
    if (scanner.has(/hourly/)) return put(wish, { interval: { count: 1, unit: 'hour' } }) || null;
    if (scanner.has(new RegExp(`${EACH} half(?: an?|-)? ?hour`))) return put(wish, { interval: { count: 30, unit: 'minute' } }) || null;
    if (scanner.has(new RegExp(`${EACH} quarter (?:of an )?hour`))) return put(wish, { interval: { count: 15, unit: 'minute' } }) || null;
    const short = scanner.take(new RegExp(`${EACH} (\\d{1,4}) ?(s|m|h)`));
    const match = short ?? scanner.take(new RegExp(`(?:once )?${EACH} (?:(${NUMBER}) ?)?(sec(?:ond)?|min(?:ute)?|hour|hr)s?`));
    if (!match) return null;
    // "every second Tuesday" counts Tuesdays.
    if (!match[1] && match[0].endsWith('second') && !scanner.done && !scanner.attempt(() => scanner.take(/(?=\s*(?:,|from|between|on|in|during))/))) return null;
    const unit = ({ s: 'second', m: 'minute', h: 'hour' } as Record<string, Unit>)[match[2]![0]!]!;
    return put(wish, { interval: { count: match[1] ? number(match[1]) : 1, unit } }) || null;
  }

  // "at :20", "at minute 20", "at 20 past every hour", "on the hour".
  // "every 3 hours starting at 1 am".
  function start(): true | null {
    const from = scanner.has(/(?:starting|beginning)(?: at| from)?/) ? time() : null;
    return from && wish.interval ? put(wish, { start: from }) || null : null;
  }

  function past(): true | null {
    if (scanner.has(/on the hour/)) return (onTheHour = put(wish, { past: [0] })) || null;
    const alone = scanner.take(new RegExp(`(?:at )?(?:(half)|(?:a )?quarter) (past|to)(?! (?:${NUMBER}|the|every|each|an?)\\b)`));
    if (alone) return alone[1] && alone[2] === 'to' ? null : put(wish, { past: [alone[1] ? 30 : alone[2] === 'past' ? 15 : 45] }) || null;
    const colon = scanner.attempt(() => (scanner.has(/at(?= )/) ? scanner.list(() => scanner.take(/:(\d{2})/), AND) : null));
    const named = colon ? null : scanner.take(/(?:at )?minute (\d{1,2})(?: (?:of|past) (every|each|the) hour)?/);
    const after = colon || named ? null : scanner.take(/(?:at )?(\d{1,2}|half|quarter)(?: minutes?)? (?:past|after) (every|each|the) hour/);
    const matches = colon ?? [named ?? after];
    if (!matches[0]) return null;
    const minutes = matches.map((match) => ({ half: 30, quarter: 15 })[match![1]!] ?? Number(match![1]));
    if (minutes.some((minute) => minute > 59)) return null;
    const hourly: Wish = (named ?? after)?.[2] && !wish.interval ? { interval: { count: 1, unit: 'hour' } } : {};
    return put(wish, { ...hourly, past: minutes }) || null;
  }

  function often(): true | null {
    const match = scanner.take(new RegExp(`(once|twice|(${NUMBER}) times?) (?:an?|per|every|each) (minute|hour|day|week|month|quarter|year)`));
    if (!match) return null;
    const count = match[1] === 'once' ? 1 : match[1] === 'twice' ? 2 : match[2] === 'other' ? 0 : number(match[2]!);
    const unit = match[3]!;
    if (unit === 'minute' || unit === 'hour') return count === 1 ? put(wish, { interval: { count: 1, unit } }) || null : null;
    return put(wish, { often: count, period: unit as Period }) || null;
  }

  function period(): true | null {
    const apart = scanner.take(new RegExp(`${EACH} (${NUMBER}) months?`));
    if (apart) return put(wish, { period: 'month', months_apart: number(apart[1]!) }) || null;
    const match =
      scanner.take(/(daily|everyday)/) ?? scanner.take(/(weekly|monthly|quarterly|yearly|annually)/) ??
      scanner.take(new RegExp(`${EACH} (day|week|month|quarter|year)`)) ??
      scanner.take(/(?:(?:of|in) (?:the|a|every|each)|of) (month|quarter|year)/);
    if (!match) return null;
    const word = match[1]!;
    within ||= /^\s*(?:of|in) /.test(match[0]);
    const names: Record<string, Period> = { daily: 'day', everyday: 'day', annually: 'year' };
    return put(wish, { period: names[word] ?? (word.replace(/ly$/, '') as Period) }) || null;
  }

  function partOfDay(): true | null {
    if (!part && scanner.has(/nightly/)) {
      part = 'night';
      return put(wish, { period: 'day' }) || null;
    }
    const match = scanner.take(new RegExp(`(?:(${EACH}) |in the |at )?(morning|afternoon|evening|night)s?`));
    if (!match || part) return null;
    part = match[2] as Part;
    return !match[1] || put(wish, { period: 'day' }) || null;
  }

  function weekdays(): true | null {
    function item(ranged: boolean): number[] | null {
      if (!ranged && scanner.has(/(?:week ?|work|working |business )days?/)) return WORKDAYS;
      if (!ranged && scanner.has(/weekends?/)) return WEEKEND;
      const from = scanner.take(new RegExp(`(${DAY})s?`));
      if (!from) return null;
      const to = scanner.attempt(() => (scanner.has(TO) ? scanner.take(new RegExp(`(${DAY})s?`)) : null));
      if (ranged && !to) return null;
      return to ? span(dayOf(from[1]!), dayOf(to[1]!), 7) : [dayOf(from[1]!)];
    }
    const ranged = scanner.has(/from/);
    const lead = () => scanner.take(new RegExp(`(?:on |${EACH} )?(?:on the|on|${EACH})`));
    if (!ranged) lead();
    // "monday wednesday and friday": an "and" before the last one says that the others are a list, too.
    let blank = false;
    const more = () => {
      blank = !scanner.has(AND);
      lead();
      return item(false);
    };
    const found = scanner.list(() => item(ranged), new RegExp(`(?=${AND.source}|(?:${DAY})s?\\b)`), () => (ranged ? null : more()));
    return found && !blank ? put(wish, { weekdays: found.flat() }) || null : null;
  }

  function nthWeekday(): true | null {
    const lead = scanner.take(new RegExp(`(?:on )?(the|${EACH})`))?.[1] ?? '';
    const which = () => {
      scanner.take(/the/);
      const match = scanner.take(new RegExp(`(${ORDINAL}|last)`));
      if (!match) return null;
      const nth: number | 'L' = match[1] === 'last' ? 'L' : ordinal(match[1]!);
      return nth === 'L' || (nth >= 1 && nth <= 5) ? nth : null;
    };
    const group = () => {
      const places = scanner.list(which, AND);
      const day = places && scanner.take(new RegExp(`(${DAY})s?`));
      return day ? places.map((nth): NthWeekday => ({ nth, day: dayOf(day[1]!) })) : null;
    };
    const nth = scanner.list(group, AND)?.flat();
    if (!nth) return null;
    // Of each month; but "every second Tuesday" may count Tuesdays.
    const monthly = !/^(?:every|each)$/.test(lead) || nth.every(({ nth: which }) => which === 1 || which === 'L');
    return put(wish, { nth, ...(monthly ? { monthly } : {}) }) || null;
  }

  function dates(): true | null {
    const lead = scanner.take(/(?:on )?(the days?|days?|the|every|each)/)?.[1] ?? (scanner.has(/on/) ? 'on' : '');
    const numbered = /days?$/.test(lead);
    const repeated = lead === 'every' || lead === 'each';
    // "every 15th" is one of each month; "every second" may be anything.
    let monthly = repeated;
    const one = (): MonthDay | null => {
      scanner.take(/the/);
      if (numbered) return ((match) => match && Number(match[1]))(scanner.take(/(\d{1,2})/));
      const work = scanner.take(/(first|last|1st) (?:week|work|working |business )day/);
      if (work) return work[1] === 'last' ? 'LW' : '1W';
      if (scanner.has(/last day/)) return 'L';
      const match = scanner.take(new RegExp(`(${ORDINAL})( day)?`));
      // "every second day" is no date, and a bare "second" may be a unit.
      if (!match || (repeated && match[2] && ordinal(match[1]!) !== 1)) return null;
      if (match[1] === 'second' && !match[2] && !/^the|^every|^each/.test(lead)) return null;
      monthly &&= /^\d/.test(match[1]!);
      return ordinal(match[1]!);
    };
    const item = (): MonthDay[] | null => {
      const from = one();
      const to = typeof from === 'number' ? scanner.attempt(() => (scanner.has(TO) ? one() : null)) : null;
      if (from === null || (typeof to === 'string')) return null;
      if (to === null) return [from];
      return to > (from as number) ? span(from as number, to, 31, 1) : null;
    };
    const found = scanner.list(item, AND);
    return found ? put(wish, { dates: found.flat(), ...(monthly ? { monthly: true } : {}) }) || null : null;
  }

  // "on January 1st", "1 January", "the 1st of January".
  function yearDay(): true | null {
    scanner.take(new RegExp(`(?:on )?(?:on|the|${EACH})`));
    const before = scanner.attempt(() => {
      const date = scanner.take(/(\d{1,2})(?:st|nd|rd|th)?(?: of)?/);
      const of = date && scanner.list(() => scanner.take(new RegExp(`(${MONTH})`)), AND);
      return of ? { dates: [Number(date![1])], months: of.map((month) => monthOf(month[1]!)) } : null;
    });
    const after = before ? null : scanner.take(new RegExp(`(${MONTH}) (?:the )?(\\d{1,2})(?:st|nd|rd|th)?`));
    if (before) return put(wish, before) || null;
    return after ? put(wish, { dates: [Number(after[2])], months: [monthOf(after[1]!)] }) || null : null;
  }

  function months(): true | null {
    const lead = scanner.take(new RegExp(`(in|of|during|from|${EACH})`))?.[1];
    if (!lead) return null;
    const item = () => {
      const from = scanner.take(new RegExp(`(${MONTH})`));
      const to = from && scanner.attempt(() => (scanner.has(TO) ? scanner.take(new RegExp(`(${MONTH})`)) : null));
      if (!from || (lead === 'from' && !to)) return null;
      return to ? span(monthOf(from[1]!), monthOf(to[1]!), 12, 1) : [monthOf(from[1]!)];
    };
    const found = scanner.list(item, AND);
    return found ? put(wish, { months: found.flat() }) || null : null;
  }

  function window(): true | null {
    const lead = scanner.take(/(between|from|during)/)?.[1];
    const from = time();
    const join = lead === 'between' ? /and|-/ : lead ? TO : /-/;
    const to = from && scanner.has(join) ? time() : null;
    if (!from || !to) return null;
    const marks = [from.mark, to.mark].filter((mark) => mark !== 'named');
    if (new Set(marks).size > 1) return null;
    // "from 9 to 5": of whose clock?
    if (marks.includes('bare') && from.hour <= 12 && to.hour <= from.hour && to.mark === 'bare') return null;
    return put(wish, { window: { from, to } }) || null;
  }

  function times(): true | null {
    const at = scanner.has(/at|@/);
    // "9 in the morning" is as plain as "9 am".
    const inAPart = () => scanner.has(/(?=\s*(?:in the (?:morning|afternoon|evening)|at night))/);
    const first = () => ((one) => (one && (at || one.plain || one.mark !== 'bare' || inAPart()) ? one : null))(at ? scanner.attempt(timeBehindAt) : time());
    const found = scanner.list(first, AND, () => (scanner.take(/at/), first()));
    if (!found || said) return null;
    const marks = new Set(found.map(({ mark }) => mark).filter((mark) => mark !== 'named'));
    if (marks.size > 1) return null;
    // "at 9 and 5": of whose clock?
    if (marks.has('bare') && found.some((one, place) => place > 0 && one.hour !== 0 && one.hour < found[place - 1]!.hour)) return null;
    said = found;
    return put(wish, { times: found }) || null;
  }

  // "every evening at 8" is 20:00; what contradicts the part of the day is not understood.
  function inPart({ hour, mark, ...rest }: Said): Time | null {
    if (part === 'morning') return hour < 12 ? { hour, ...rest } : null;
    if (part === 'night') {
      if (hour === 0 || (hour === 12 && mark === 'bare')) return { hour: 0, ...rest, nextDay: true };
      // Five and six are evening to some and morning to others.
      if (mark === 'bare' && (hour === 5 || hour === 6)) return null;
      if (mark === 'bare' && hour > 6 && hour < 12) return { hour: hour + 12, ...rest };
      return hour < 6 ? { hour, ...rest, nextDay: true } : hour >= 18 ? { hour, ...rest } : null;
    }
    const later = mark === 'bare' && hour >= 1 && hour < 12 ? hour + 12 : hour;
    if (part === 'afternoon') return later >= 12 && later < 19 ? { hour: later, ...rest } : null;
    return later >= 16 ? { hour: later, ...rest } : null;
  }

  const clauses = [often, interval, start, past, window, times, nthWeekday, yearDay, weekdays, dates, months, period, partOfDay];
  if (!readClauses(scanner, clauses, /,/) || (within && !wish.dates && !wish.nth)) return null;
  if (onTheHour && !wish.interval) wish.interval = { count: 1, unit: 'hour' };
  if (!part) return wish;
  const inside = (said as Said[] | null)?.map(inPart);
  if (!inside || inside.includes(null)) return null;
  return { ...wish, times: inside as Time[] };
}
