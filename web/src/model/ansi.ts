// Colours that a program wrote into its output (SGR), as spans with class names. Every other escape is dropped.
export interface Style {
  foreground: string;
  background: string;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
  inverse: boolean;
  strike: boolean;
}
export interface Span {
  text: string;
  className: string;
}

const NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];
const PLAIN: Style = { foreground: '', background: '', bold: false, dim: false, italic: false, underline: false, inverse: false, strike: false };
// CSI with its end, OSC up to BEL or ST, and two-letter escapes.
const ESCAPE = /\u001b(?:\[([0-9;:?]*)([@-~])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_])/g;
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f\u007f]/g;

// The 256-colour palette, brought down to names that both themes have a readable colour for.
const CUBE = [0, 95, 135, 175, 215, 255];
function paletteName(index: number): string {
  if (index < 8) return NAMES[index]!;
  if (index < 16) return `bright-${NAMES[index - 8]}`;
  if (index >= 232) return greyName(8 + 10 * (index - 232));
  const cube = index - 16;
  return rgbName([CUBE[Math.floor(cube / 36)] ?? 0, CUBE[Math.floor(cube / 6) % 6]!, CUBE[cube % 6]!]);
}
function greyName(light: number): string {
  if (light < 64) return 'black';
  if (light < 144) return 'bright-black';
  return light < 224 ? 'white' : 'bright-white';
}
// Up to which hue a colour has that name, in degrees.
const HUES: [number, string][] = [
  [15, 'red'],
  [45, 'orange'],
  [70, 'yellow'],
  [165, 'green'],
  [200, 'cyan'],
  [260, 'blue'],
  [325, 'magenta'],
  [360, 'red'],
];
const LEAST_COLOUR = 0.2;
function rgbName([red, green, blue]: [number, number, number]): string {
  const most = Math.max(red, green, blue);
  const range = most - Math.min(red, green, blue);
  if (most < 24 || range < most * LEAST_COLOUR) return greyName(most);
  const turn = most === red ? (green - blue) / range : most === green ? 2 + (blue - red) / range : 4 + (red - green) / range;
  const hue = (turn * 60 + 360) % 360;
  return HUES.find(([until]) => hue < until)![1];
}

function apply(style: Style, parameters: string): Style {
  const codes = parameters === '' ? [0] : parameters.split(/[;:]/).map(Number);
  let next = { ...style };
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at]!;
    if (code === 0) next = { ...PLAIN };
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 3) next.italic = true;
    else if (code === 4) next.underline = true;
    else if (code === 7) next.inverse = true;
    else if (code === 9) next.strike = true;
    else if (code === 22) next.bold = next.dim = false;
    else if (code === 23) next.italic = false;
    else if (code === 24) next.underline = false;
    else if (code === 27) next.inverse = false;
    else if (code === 29) next.strike = false;
    else if (code >= 30 && code <= 37) next.foreground = NAMES[code - 30]!;
    else if (code === 39) next.foreground = '';
    else if (code >= 40 && code <= 47) next.background = NAMES[code - 40]!;
    else if (code === 49) next.background = '';
    else if (code >= 90 && code <= 97) next.foreground = `bright-${NAMES[code - 90]}`;
    else if (code >= 100 && code <= 107) next.background = `bright-${NAMES[code - 100]}`;
    else if (code === 38 || code === 48) {
      let name = '';
      if (codes[at + 1] === 5) {
        name = paletteName(codes[at + 2] ?? 0);
        at += 2;
      } else if (codes[at + 1] === 2) {
        name = rgbName([codes[at + 2] ?? 0, codes[at + 3] ?? 0, codes[at + 4] ?? 0]);
        at += 4;
      }
      next[code === 38 ? 'foreground' : 'background'] = name;
    }
  }
  return next;
}

function classOf(style: Style): string {
  return [
    // Inverse: what is plain changes places, too.
    style.inverse ? `fg-${style.background || 'inverse'}` : style.foreground && `fg-${style.foreground}`,
    style.inverse ? `bg-${style.foreground || 'inverse'}` : style.background && `bg-${style.background}`,
    style.bold && 'bold',
    style.dim && 'dim',
    style.italic && 'italic',
    style.underline && 'underline',
    style.strike && 'strike',
  ]
    .filter(Boolean)
    .join(' ');
}

export function isPlain(style: Style | undefined): boolean {
  return !style || classOf(style) === '';
}

// The line's spans, and the style that holds at its end.
export function ansiSpans(line: string, start: Style = PLAIN): { spans: Span[]; end: Style } {
  const spans: Span[] = [];
  let style = start;
  let at = 0;
  const push = (text: string) => {
    const shown = text.replace(CONTROL, '');
    if (shown) spans.push({ text: shown, className: classOf(style) });
  };
  for (const match of line.matchAll(ESCAPE)) {
    push(line.slice(at, match.index));
    at = match.index + match[0].length;
    if (match[2] === 'm') style = apply(style, match[1] ?? '');
  }
  push(line.slice(at));
  return { spans, end: style };
}

export function withoutAnsi(line: string): string {
  return line.includes('\u001b') ? line.replace(ESCAPE, '').replace(CONTROL, '') : line;
}
