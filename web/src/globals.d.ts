declare module 'rapidoc/dist/rapidoc-min.js';
declare module 'lucide/dist/esm/icons/*.mjs' {
  const node: [tag: string, attributes: Record<string, string>][];
  export default node;
}
