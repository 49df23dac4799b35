// Variables and headers as lines of text: NAME=value, or Name: value. A value of several lines stands in double
// quotes, as programs that read such files write it; there, and only there, \" and \\ stand for " and \.

// What a text has that cannot be taken; nothing of it may be left out without a word.
export type Unread = { problem: 'nameless' | 'open' | 'twice' | 'number'; line: number; text: string };
export interface NamedValues {
  values: Record<string, string>;
  unread: Unread | null;
}
export type Sign = '=' | ':';

const QUOTED = /^"((?:[^"\\]|\\[^])*)"[ \t]*(?:\n|$)/;
const LINE = { '=': /^[ \t]*([^=\s]+)[ \t]*=/, ':': /^[ \t]*([^:=\s]+)[ \t]*[:=][ \t]*/ };
// A box for text knows one kind of line end.
const inBox = (value: string) => value.replace(/\r\n?/g, '\n');

function printValue(value: string): string {
  return /^"|[\r\n]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value;
}

export function printNamed(values: Record<string, string>, sign: Sign = '='): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}${sign === ':' ? ': ' : '='}${printValue(value)}`)
    .join('\n');
}

// `was`: what the text was printed from. A value that looks the same in the box is the same still.
export function readNamed(text: string, was: Record<string, string> = {}, sign: Sign = '='): NamedValues {
  const values = new Map<string, string>();
  let unread: Unread | null = null;
  const lines = inBox(text);
  for (let at = 0, line = 1; at < lines.length; ) {
    const rest = lines.slice(at);
    const whole = /^.*/.exec(rest)![0];
    const name = LINE[sign].exec(rest);
    const raw = name ? rest.slice(name[0].length) : '';
    const quoted = QUOTED.exec(raw);
    const length = quoted ? name![0].length + quoted[0].length : whole.length + 1;
    const fail = (problem: Unread['problem'], what: string) => (unread ??= { problem, line, text: what });
    if (!name) {
      if (whole.trim()) fail('nameless', whole.trim());
    } else if (values.has(name[1]!)) fail('twice', name[1]!);
    else {
      // A quote that nothing closes on its own line is one that was forgotten.
      if (!quoted && /^"(?:[^"\\]|\\.)*\\?$/.test(/^.*/.exec(raw)![0])) fail('open', name[1]!);
      values.set(name[1]!, quoted ? quoted[1]!.replace(/\\(["\\])/g, '$1') : /^.*/.exec(raw)![0]);
    }
    line += rest.slice(0, length).split('\n').length - (rest[length - 1] === '\n' ? 1 : 0);
    at += length;
  }
  const kept = [...values].map(([name, value]) => [name, was[name] !== undefined && inBox(was[name]) === value ? was[name] : value]);
  return { values: Object.fromEntries(kept) as Record<string, string>, unread };
}
