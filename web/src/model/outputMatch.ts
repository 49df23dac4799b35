// A line of an output in which words were found, in three: before them, they, and after them.
import { withoutAnsi } from './ansi';

// As the server compares: only ASCII letters have two cases, so that no place moves.
const folded = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

export function matchParts(line: string, words: string): [before: string, found: string, after: string] {
  const shown = withoutAnsi(line);
  const at = words ? folded(shown).indexOf(folded(words)) : -1;
  if (at < 0) return [shown, '', ''];
  return [shown.slice(0, at), shown.slice(at, at + words.length), shown.slice(at + words.length)];
}
