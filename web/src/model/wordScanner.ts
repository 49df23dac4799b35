// Reads a text from left to right, one piece of a grammar after another. A clause that does not fit leaves the
// place where it was, so that the next one may try.
export class WordScanner {
  at = 0;
  private static readonly pieces = new Map<string, RegExp>();
  // `end`: what must follow each piece, such as the end of a word.
  constructor(
    private readonly text: string,
    private readonly end = '',
  ) {}

  take(pattern: RegExp): RegExpExecArray | null {
    const source = `\\s*(?:${pattern.source})${this.end}`;
    const piece = WordScanner.pieces.get(source) ?? new RegExp(source, 'y');
    WordScanner.pieces.set(source, piece);
    piece.lastIndex = this.at;
    const match = piece.exec(this.text);
    if (match) this.at = piece.lastIndex;
    return match;
  }
  has(pattern: RegExp): boolean {
    return this.take(pattern) !== null;
  }
  get done(): boolean {
    return this.text.slice(this.at).trim() === '';
  }
  // The value of a part, or null and nothing read.
  attempt<Value>(part: () => Value | null): Value | null {
    const before = this.at;
    const value = part();
    if (value === null) this.at = before;
    return value;
  }
  // One or more items with separators between; what follows a separator and is no item stays unread with it.
  list<Value>(first: () => Value | null, separator: RegExp, more = first): Value[] | null {
    const one = this.attempt(first);
    if (one === null) return null;
    const found = [one];
    for (;;) {
      const next = this.attempt(() => (this.has(separator) ? more() : null));
      if (next === null) return found;
      found.push(next);
    }
  }
}

// Reads the whole text as clauses in any order; null where anything is left over.
export function readClauses(scanner: WordScanner, clauses: (() => true | null)[], between: RegExp): true | null {
  while (!scanner.done) {
    if (!clauses.some((clause) => scanner.attempt(clause))) return null;
    if (!scanner.done) scanner.take(between);
  }
  return true;
}
