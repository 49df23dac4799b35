// What of an expression the server found wrong: it says where that begins, and quotes it where it is more than a sign.

// `position` counts bytes of UTF-8, as the server does. Begin and end in the text.
export function wrongPiece(text: string, position: number, message: string): [number, number] {
  const bytes = new TextEncoder().encode(text);
  const from = new TextDecoder().decode(bytes.slice(0, position)).length;
  const rest = text.slice(from);
  const quoted = [...message.matchAll(/'([^']+)'/g)].map((match) => match[1]!).filter((piece) => rest.startsWith(piece));
  const length = Math.max(1, /^[\p{L}\p{N}]*/u.exec(rest)![0].length, ...quoted.map((piece) => piece.length));
  return [from, from + length];
}
