// The grammar of Chinese wishes: clauses in any order, each at most once.
import { put, span, WEEKEND, WORKDAYS, type MonthDay, type NthWeekday, type Period, type Time, type Unit, type Wish } from './wish';
import { readClauses, WordScanner } from './wordScanner';

const DIGITS = '零一二三四五六七八九';
const DAYS = '日一二三四五六';
const NUMBER = '\\d{1,4}|[零一二两三四五六七八九十]{1,3}';
// No number goes on here, and none that counts hours or months.
const NO_HOUR = '(?![\\d零一二三四五六七八九十]|\\s*[:点时月])';
const WEEK = '(?:周|星期|礼拜)';
const DAY = `[${DAYS}天]`;
const AND = /,|和|与|及|以及/;
const TO = /到|至|-/;
// "周二周四": the word for the week parts them.
const NEXT_DAY = new RegExp(`${AND.source}|(?<=${WEEK}[${DAYS}天]+\\s*)(?=${WEEK}${DAY})`);
// "8点12点": each of them says that it is a time.
const NEXT_TIME = new RegExp(`${AND.source}|(?=\\s*(?:${NUMBER})\\s*[点时:])`);
const PART = '上午|早上|早晨|清晨|早|凌晨|中午|下午|傍晚|晚上|晚间|晚|夜里|夜间|深夜|半夜';

// NaN where the signs are no number: "三五".
function number(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  const match = /^(?:零(?=[一二三四五六七八九]$)|([一二两三四五六七八九])?(十))?([零一二两三四五六七八九])?$/.exec(text);
  if (!match) return NaN;
  const digit = (sign: string | undefined) => (sign === '两' ? 2 : sign ? DIGITS.indexOf(sign) : 0);
  return (match[2] ? (match[1] ? digit(match[1]) : 1) * 10 : 0) + digit(match[3]);
}
// Days of a week as one says them in a row: in their order, Sunday at either end.
const isRun = (signs: string) => /^[日天]?一?二?三?四?五?六?$|^一?二?三?四?五?六?[日天]?$/.test(signs);
const dayOf = (sign: string) => (sign === '天' ? 0 : DAYS.indexOf(sign));

// The hour as the part of the day means it; null where the two contradict each other.
function hourIn(part: string, hour: number): { hour: number; nextDay?: boolean } | null {
  const later = (from: number, to: number) => (hour >= from && hour <= to ? { hour: hour + 12 } : null);
  const within = (from: number, to: number) => (hour >= from && hour <= to ? { hour } : null);
  if (/上午|早|晨/.test(part)) return within(0, 11);
  if (part === '凌晨') return hour === 12 ? { hour: 0 } : within(0, 6);
  if (part === '中午') return within(11, 13) ?? later(1, 2);
  if (part === '下午') return within(12, 18) ?? later(1, 6);
  if (part === '傍晚') return within(17, 20) ?? later(5, 8);
  if (hour === 12 || hour === 0) return { hour: 0, nextDay: true };
  return within(18, 23) ?? later(6, 11) ?? (/夜/.test(part) && within(1, 5) ? { hour, nextDay: true } : null);
}

interface Said extends Time {
  part: string;
}

export function wishFromChinese(text: string): Wish | null {
  const scanner = new WordScanner(text);
  const wish: Wish = {};

  function time(partBefore = ''): Said | null {
    if (scanner.has(/午夜|零点(?:整|钟)?/)) return { hour: 0, minute: 0, second: 0, part: '零' };
    const noon = scanner.take(/正午|中午(?!\s*(?:\d|[一二两三十]))/);
    if (noon) return { hour: 12, minute: 0, second: 0, part: '零' };
    const own = scanner.take(new RegExp(PART))?.[0]?.trim() ?? '';
    const clock = scanner.take(/(\d{1,2}):(\d{2})(?::(\d{2}))?(?!\d)(?:分(?!钟))?/);
    const match = clock ?? scanner.take(new RegExp(`(${NUMBER})\\s*(?:点钟|点|时)`));
    if (!match) return null;
    let minute = Number(match[2] ?? 0);
    const second = Number(match[3] ?? 0);
    if (!clock) {
      // Without its own word a minute has two digits: "9 点 05", and never "9 点 5".
      const more = scanner.take(new RegExp(`整|(半)|([一三])刻|(${NUMBER})\\s*分(?!钟)|(\\d{2}|零[一二三四五六七八九]|[二三四五]?十[一二三四五六七八九]?)(?!\\d|[一二三四五六七八九]|\\s*(?:[日号月点时:%分]|个))`));
      if (more) minute = more[1] ? 30 : more[2] ? number(more[2]) * 15 : number(more[3] ?? more[4] ?? '零');
    }
    const part = own || (number(match[1]!) <= 12 ? partBefore : '');
    const inPart = part && part !== '零' ? hourIn(part, number(match[1]!)) : { hour: number(match[1]!) };
    if (!inPart || !(inPart.hour <= 23) || !(minute <= 59) || second > 59) return null;
    return { ...inPart, minute, second, part };
  }

  function interval(): true | null {
    if (scanner.has(/每(?:个)?整点/)) return put(wish, { interval: { count: 1, unit: 'hour' }, past: [0] }) || null;
    if (scanner.has(/每隔?半个?(?:小时|钟头)/)) return put(wish, { interval: { count: 30, unit: 'minute' } }) || null;
    if (scanner.has(/每隔?一?刻钟/)) return put(wish, { interval: { count: 15, unit: 'minute' } }) || null;
    // "5 分钟一次", where nothing else says that it is repeated.
    const often = scanner.take(new RegExp(`(?:(半)|(${NUMBER}))\\s*个?(秒|分|小时|钟头)钟?(?:执行|运行|跑)?一次`));
    if (often?.[1]) return /小时|钟头/.test(often[3]!) ? put(wish, { interval: { count: 30, unit: 'minute' } }) || null : null;
    const match = often ? [often[0], undefined, often[2], often[3]] : scanner.take(new RegExp(`每(隔)?\\s*(${NUMBER})?\\s*个?(秒|分|小时|钟头)钟?`));
    if (!match) return null;
    const count = match[2] ? number(match[2]) : 1;
    // "每隔一小时" is each hour to some and each second hour to others.
    if (!(count >= (match[1] ? 2 : 1))) return null;
    const units: Record<string, Unit> = { 秒: 'second', 分: 'minute', 小时: 'hour', 钟头: 'hour' };
    return put(wish, { interval: { count, unit: units[match[3]!]! } }) || null;
  }

  function past(): true | null {
    if (scanner.has(/整点/)) return put(wish, { past: [0] }) || null;
    const lead = scanner.take(/的?(第|过)?/)?.[1] ?? '';
    const found = scanner.list(() => scanner.take(new RegExp(`第?(${NUMBER})(?:\\s*分(钟)?)?`)), AND);
    // "5 分钟" without more is a length, no place in the hour.
    const last = found?.at(-1);
    if (!found || !last?.[0].includes('分') || (last[2] && lead !== '第')) return null;
    const minutes = found.map((match) => number(match[1]!));
    return minutes.every((minute) => minute <= 59) ? put(wish, { past: minutes }) || null : null;
  }

  function often(): true | null {
    if (scanner.has(/(?:执行|运行|跑)(?!\s*[一二两三四五六七八九十\d])/)) return true;
    const match = scanner.take(new RegExp(`(?:执行|运行|跑)?\\s*(${NUMBER})次`));
    if (!match) return null;
    const count = number(match[1]!);
    if (wish.interval) return count === 1 ? true : null;
    return count >= 1 ? put(wish, { often: count }) || null : null;
  }

  function period(): true | null {
    const apart = scanner.take(new RegExp(`每\\s*(${NUMBER})\\s*个月`));
    if (apart) return number(apart[1]!) >= 1 ? put(wish, { period: 'month', months_apart: number(apart[1]!) }) || null : null;
    if (scanner.has(/每半年/)) return put(wish, { period: 'month', months_apart: 6 }) || null;
    if (scanner.has(/天天/)) return put(wish, { period: 'day' }) || null;
    const quarters = scanner.take(/每个?季度?末?的?|季度?末/);
    if (quarters) return put(wish, { period: 'quarter', ...(quarters[0].includes('末') ? { dates: ['L'] as MonthDay[] } : {}) }) || null;
    if (scanner.has(/(?:每个?)?月(?:的?月)?[底末]/)) return put(wish, { period: 'month', dates: ['L'] }) || null;
    // "每晚 9 点": the part of the day belongs to the time that follows.
    if (scanner.has(new RegExp(`每个?(?=${PART})`))) return put(wish, { period: 'day' }) || null;
    const match = scanner.take(new RegExp(`每[一个]?(天|日|月|年|${WEEK}(?!\\s*(?:末|${DAY}(?!次))))的?`));
    if (!match) return null;
    const periods: Record<string, Period> = { 天: 'day', 日: 'day', 月: 'month', 年: 'year' };
    return put(wish, { period: periods[match[1]!] ?? 'week' }) || null;
  }

  // "周一三五"; where signs of a number and an hour meet ("周一三点"), only a single reading counts.
  function dayRun(): number[] | null {
    const run = scanner.take(/[日天一二三四五六七八九十]+/)?.[0].trim();
    if (!run) return null;
    if (!scanner.has(/(?=点|时|次|个月)/)) return isRun(run) ? [...run].map(dayOf) : null;
    const ways = Array.from({ length: run.length - 1 }, (_, place) => [run.slice(0, place + 1), run.slice(place + 1)] as const).filter(
      ([days, hour]) => isRun(days) && number(hour) <= 24 && number(hour) >= 1,
    );
    if (ways.length !== 1) return null;
    const [days, hour] = ways[0]!;
    scanner.at -= hour.length;
    return [...days].map(dayOf);
  }
  function weekdays(): true | null {
    scanner.take(/(?:每逢|每|逢)个?/);
    // Behind "周一," the word for the week may be left away.
    let week = false;
    const item = (): number[] | null => {
      if (scanner.has(/工作日|平日/)) return WORKDAYS;
      if (scanner.has(/周末|双休日/)) return WEEKEND;
      const each = scanner.has(/每逢|每/);
      if (!scanner.has(new RegExp(WEEK)) && (each || !week)) return null;
      week = true;
      const from = dayRun();
      if (!from) return null;
      const to = scanner.attempt(() => (scanner.has(TO) ? (scanner.take(new RegExp(WEEK)), dayRun()) : null));
      if (!to) return from;
      return from.length === 1 && to.length === 1 ? span(from[0]!, to[0]!, 7) : null;
    };
    const found = scanner.list(item, NEXT_DAY);
    return found ? put(wish, { weekdays: found.flat() }) || null : null;
  }

  function nthWeekday(): true | null {
    scanner.take(/的/);
    const which = () => {
      const match = scanner.take(new RegExp(`(?:第(${NUMBER})|(首|最后一|最末一))个?`));
      if (!match) return null;
      const nth: number | 'L' = match[2] ? (match[2] === '首' ? 1 : 'L') : number(match[1]!);
      return nth === 'L' || (nth >= 1 && nth <= 5) ? nth : null;
    };
    const group = () => {
      const places = scanner.list(which, AND);
      const day = places && text[scanner.at - 1] === '个' ? scanner.take(new RegExp(`${WEEK}(${DAY})`)) : null;
      return day ? places!.map((nth): NthWeekday => ({ nth, day: dayOf(day[1]!) })) : null;
    };
    const found = scanner.list(group, AND);
    return found ? put(wish, { nth: found.flat(), monthly: true }) || null : null;
  }

  function dates(): true | null {
    scanner.take(/的|在/);
    const work = scanner.take(/(?:第一|首|(最后一|最末一))个(?:工作日|平日)/);
    if (work) return put(wish, { dates: [work[1] ? 'LW' : '1W'] }) || null;
    const one = (): { day: MonthDay; said: boolean } | null => {
      if (scanner.has(/(?:最后|最末)一[天日]/)) return { day: 'L', said: true };
      if (scanner.has(/首[日天]/)) return { day: 1, said: true };
      const match = scanner.take(new RegExp(`第(${NUMBER})天|(${NUMBER})${NO_HOUR}\\s*([日号])?`));
      if (!match) return null;
      const day = number(match[1] ?? match[2]!);
      return day >= 1 && day <= 31 ? { day, said: !!(match[1] ?? match[3]) } : null;
    };
    const item = () => {
      const from = one();
      const to = from && typeof from.day === 'number' ? scanner.attempt(() => (scanner.has(TO) ? one() : null)) : null;
      if (!from) return null;
      if (!to) return { days: [from.day], said: from.said };
      if (typeof to.day !== 'number' || to.day <= (from.day as number)) return null;
      return { days: span(from.day as number, to.day, 31, 1) as MonthDay[], said: to.said };
    };
    const found = scanner.list(item, AND);
    // "1、15 日": the last one says what the numbers are.
    return found?.at(-1)!.said ? put(wish, { dates: found.flatMap(({ days }) => days) }) || null : null;
  }

  function months(): true | null {
    scanner.take(/的|在/);
    const one = () => {
      const match = scanner.take(new RegExp(`(${NUMBER})\\s*(月份?)?`));
      const month = match ? number(match[1]!) : NaN;
      return month >= 1 && month <= 12 ? { month, said: !!match![2] } : null;
    };
    const item = () => {
      const from = one();
      const to = from && scanner.attempt(() => (scanner.has(TO) ? one() : null));
      if (!from) return null;
      return to ? { months: span(from.month, to.month, 12, 1), said: to.said } : { months: [from.month], said: from.said };
    };
    const found = scanner.list(item, AND);
    return found?.at(-1)!.said ? put(wish, { months: found.flatMap((each) => each.months) }) || null : null;
  }

  function window(): true | null {
    scanner.take(/从|在/);
    const bare = scanner.take(new RegExp(`(${PART})?\\s*(${NUMBER})(?=\\s*(?:到|至|-))`));
    const inPart = bare?.[1] ? hourIn(bare[1], number(bare[2]!)) : bare && { hour: number(bare[2]!) };
    const from: Said | null = bare ? inPart && { ...inPart, minute: 0, second: 0, part: bare[1] ?? '' } : time();
    if (!from || !scanner.has(TO)) return null;
    const to = time(from.part);
    if (!to || !(from.hour <= 23)) return null;
    // "9 点到 5 点": which five?
    if (to.hour <= from.hour && from.hour <= 12 && to.hour > 0) return null;
    if (to.hour <= from.hour && to.part !== '' && to.part === from.part) return null;
    scanner.take(/之间|期间|内/);
    return put(wish, { window: { from, to } }) || null;
  }

  function times(): true | null {
    scanner.take(/的|在|于/);
    // "早晚8点" are two times, twelve hours apart.
    if (scanner.has(/早晚各?/)) {
      const morning = time();
      if (!morning || morning.part || morning.hour < 6 || morning.hour > 11) return null;
      return put(wish, { times: [morning, { ...morning, hour: morning.hour + 12 }] }) || null;
    }
    let part = '';
    const one = () => {
      const found = time(part);
      part = found?.part ?? part;
      return found;
    };
    // "9、17 点": the last one says what the numbers are.
    const numbers = scanner.take(new RegExp(`((?:(?:\\d{1,2})\\s*(?:,|和|与|及)\\s*)+\\d{1,2})\\s*点(?:整|钟)?(?!半|\\s*\\d|[一三]刻)`));
    const hours = numbers?.[1]!.split(/\D+/).map(Number);
    if (hours?.some((hour) => hour > 23)) return null;
    const found = hours ? hours.map((hour): Said => ({ hour, minute: 0, second: 0, part: '' })) : scanner.list(one, NEXT_TIME, () => (scanner.take(/在|于/), one()));
    // Later times stand behind earlier ones, or it is not sure which half of the day is meant.
    const at = ({ hour, minute }: Time) => hour * 60 + minute;
    if (!found || found.some((each, place) => place > 0 && at(each) !== 0 && at(each) <= at(found[place - 1]!))) return null;
    return put(wish, { times: found }) || null;
  }

  const clauses = [interval, window, times, nthWeekday, dates, period, weekdays, months, past, often];
  return readClauses(scanner, clauses, /,|的/) && wish;
}
