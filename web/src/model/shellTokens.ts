// A shell command in coloured pieces. For the eye only: it never decides what runs.
export type TokenKind = 'text' | 'string' | 'comment' | 'variable' | 'keyword' | 'operator' | 'option';
export interface Token {
  kind: TokenKind;
  text: string;
}

const PATTERN = new RegExp(
  [
    '(?<comment>(?<=^|\\s)#[^\\n]*)',
    "(?<string>'[^']*'?|\"(?:\\\\.|[^\"\\\\])*\"?)",
    '(?<variable>\\$(?:\\{[^}]*\\}?|[A-Za-z_]\\w*|[0-9@*#?$!-]))',
    '(?<operator>\\|\\||&&|;;|>>|<<|[|&;<>])',
    '(?<keyword>(?<=^|[\\s;&|(])(?:if|then|else|elif|fi|for|while|until|do|done|case|esac|in|function|exec|export|set|cd)(?=$|[\\s;]))',
    '(?<option>(?<=\\s)--?[A-Za-z0-9][\\w-]*)',
  ].join('|'),
  'gm',
);

export function shellTokens(command: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (const match of command.matchAll(PATTERN)) {
    if (match.index > at) tokens.push({ kind: 'text', text: command.slice(at, match.index) });
    const kind = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined)?.[0] as TokenKind;
    tokens.push({ kind, text: match[0] });
    at = match.index + match[0].length;
  }
  if (at < command.length) tokens.push({ kind: 'text', text: command.slice(at) });
  return tokens;
}
