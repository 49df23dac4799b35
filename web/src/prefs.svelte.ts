// What this browser remembers for its reader: pinned tasks, saved views, and small choices.
export interface SavedView {
  name: string;
  query: string;
}

const MOST_PINS = 20;
const MOST_VIEWS = 30;

function read<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(key);
    return text ? (JSON.parse(text) as T) : fallback;
  } catch {
    return fallback;
  }
}
function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Then it holds for this visit.
  }
}

class Prefs {
  pins = $state.raw<number[]>(read('pins', []));
  views = $state.raw<SavedView[]>(read('views', []));
  wrap = $state(read('log.wrap', true));
  gutter = $state(read('log.gutter', innerWidth > 640));

  togglePin(id: number): void {
    this.pins = this.pins.includes(id) ? this.pins.filter((pin) => pin !== id) : [id, ...this.pins].slice(0, MOST_PINS);
    write('pins', this.pins);
  }
  saveView(name: string, query: string): void {
    this.views = [...this.views.filter((view) => view.name !== name), { name, query }].slice(-MOST_VIEWS);
    write('views', this.views);
  }
  dropView(name: string): void {
    this.views = this.views.filter((view) => view.name !== name);
    write('views', this.views);
  }
  setWrap(value: boolean): void {
    this.wrap = value;
    write('log.wrap', value);
  }
  setGutter(value: boolean): void {
    this.gutter = value;
    write('log.gutter', value);
  }
}
export const prefs = new Prefs();
