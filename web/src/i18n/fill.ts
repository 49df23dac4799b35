// What is counted, and not an id or a line's number, which are written as they are.
const COUNTED = new Set(['count', 'total', 'failed', 'changed', 'from', 'to', 'shown']);
const written = (name: string, value: string | number) => (typeof value === 'number' && COUNTED.has(name) ? grouped(value) : String(value));

// "60,033". Both languages write it so.
export function grouped(value: number): string {
  return String(value).replace(/^-?\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ','));
}

// "{count} {count|task|tasks}": values by name, and one of two words by whether the value is 1.
export function fill(text: string, params?: Record<string, string | number>): string {
  if (!params) return text;
  return text.replace(/\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}/g, (whole, name: string, one?: string, other?: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    if (one === undefined) return written(name, value);
    return Number(value) === 1 ? one : (other ?? '');
  });
}
