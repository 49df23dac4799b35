// A line's spans, cut where words that are looked for begin and end; their case is ignored.
import type { Span } from './ansi';

// `nth`: which of the line's matches is the present one.
export function hitPieces(spans: Span[], text: string, words: string, nth: number | null): Span[] {
  const small = text.toLowerCase();
  const wanted = words.toLowerCase();
  const starts: number[] = [];
  for (let at = small.indexOf(wanted); at >= 0; at = small.indexOf(wanted, at + wanted.length)) starts.push(at);
  if (starts.length === 0) return spans;
  const pieces: Span[] = [];
  let at = 0;
  let match = 0;
  for (const { text: whole, className } of spans) {
    for (let rest = whole; rest; ) {
      while (match < starts.length && starts[match]! + wanted.length <= at) match += 1;
      const start = starts[match] ?? Infinity;
      const isInside = at >= start;
      const part = rest.slice(0, (isInside ? start + wanted.length : start) - at);
      pieces.push({ text: part, className: isInside ? `${className} ${match === nth ? 'hit now' : 'hit'}` : className });
      at += part.length;
      rest = rest.slice(part.length);
    }
  }
  return pieces;
}
