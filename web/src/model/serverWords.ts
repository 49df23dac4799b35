// The server speaks English to everybody: to the API, the command line and the log. The page puts its sentences
// into the reader's language here, by patterns: '{field} {text} is outside {range}'. Pure.

export type Sentences = Record<string, string>;

interface Pattern {
  expression: RegExp;
  names: string[];
  translation: string;
}

// What is held for as long as the page is open: a list names the same failures again and again.
const MAX_REMEMBERED = 500;

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
// A value in which the words of a sentence are looked for stands by one of these names.
const SHAPES: Record<string, string> = { n: '-?[\\d.]+', m: '-?[\\d.]+', range: '\\S+' };
const literal = (sentence: string) => sentence.replace(/\{\w+\}/g, '');
const placesOf = (text: string) => text.match(/\{\w+\}/g) ?? [];

// What is wrong and how to mend it come apart where the server tells of a line: "why; mend" is known by its halves, too.
function halvesOf([sentence, translation]: [string, string]): [string, string][] {
  const [said, translated] = [sentence.split('; '), translation.split('；')];
  if (said.length !== 2 || translated.length !== 2) return [];
  const halves = said.map((half, index): [string, string] => [half, translated[index]!]);
  // One that is hardly more than a value would fit anything.
  return halves.every(([half, words]) => /[a-z]+ [a-z]+/.test(literal(half)) && !half.startsWith('{said') && placesOf(words).every((place) => half.includes(place))) ? halves : [];
}

function compile([sentence, translation]: [string, string]): Pattern {
  const names: string[] = [];
  const source = sentence.split(/\{(\w+)\}/).map((part, index) => {
    if (index % 2 === 0) return escaped(part);
    names.push(part);
    return `(${SHAPES[part] ?? '.+?'})`;
  });
  return { expression: new RegExp(`^${source.join('')}$`, 's'), names, translation };
}

// Turns a sentence into its translation; one that no pattern fits stays as it is. Of several patterns the one with
// the most words of its own counts. A value called `field` or `said…` is itself translated, others stand as they are.
export function translator(sentences: Sentences, terms: Sentences): (sentence: string) => string {
  let patterns: Pattern[] | null = null;
  const remembered = new Map<string, string>();

  function translate(sentence: string): string {
    patterns ??= [...Object.entries(sentences).flatMap(halvesOf), ...Object.entries(sentences)]
      .sort(([one], [other]) => literal(other).length - literal(one).length)
      .map(compile);
    for (const { expression, names, translation } of patterns) {
      const found = expression.exec(sentence);
      if (!found) continue;
      const values = new Map(names.map((name, index) => [name, found[index + 1]!]));
      return translation.replace(/\{(\w+)\}/g, (whole, name: string) => {
        const value = values.get(name);
        if (value === undefined) return whole;
        return name.startsWith('said') ? translated(value) : name === 'field' ? (terms[value] ?? value) : value;
      });
    }
    return sentence;
  }

  function translated(sentence: string): string {
    const known = terms[sentence] ?? remembered.get(sentence);
    if (known !== undefined) return known;
    const result = translate(sentence);
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(sentence, result);
    return result;
  }
  return translated;
}
