// What an account keeps for itself, and what can be done to it. A deed is done again on what somebody else has made of
// it meanwhile, or when the page was left before the server had heard of it: twice is as good as once.
export interface SavedView {
  name: string;
  query: string;
}
export interface Preferences {
  pins: number[];
  views: SavedView[];
}
export type Deed = { pin: number } | { unpin: number } | { save: SavedView } | { drop: string } | { adopt: Preferences };

// The server's own bounds.
const MOST_PINS = 20;
const MOST_VIEWS = 30;
const LONGEST_NAME = 60;
const LONGEST_QUERY = 2000;

// The newest pin stands first, the newest view last; what is too much is the oldest.
function done({ pins, views }: Preferences, deed: Deed): Preferences {
  if ('pin' in deed) return { views, pins: [deed.pin, ...pins.filter((id) => id !== deed.pin)].slice(0, MOST_PINS) };
  if ('unpin' in deed) return { views, pins: pins.filter((id) => id !== deed.unpin) };
  if ('save' in deed) return { pins, views: [...views.filter(({ name }) => name !== deed.save.name), deed.save].slice(-MOST_VIEWS) };
  if ('drop' in deed) return { pins, views: views.filter(({ name }) => name !== deed.drop) };
  // Behind what is there, as far as there is room.
  const names = new Set(views.map(({ name }) => name));
  return {
    pins: [...new Set([...pins, ...deed.adopt.pins])].slice(0, MOST_PINS),
    views: [...views, ...deed.adopt.views.filter(({ name }) => !names.has(name))].slice(0, MOST_VIEWS),
  };
}
export const after = (kept: Preferences, deeds: Deed[]): Preferences => deeds.reduce(done, kept);

// What stands in a browser's own store may be anything.
export function readPreferences(pins: unknown, views: unknown): Preferences {
  const isView = (view: Partial<SavedView> | null): view is SavedView =>
    typeof view?.name === 'string' && view.name !== '' && view.name.length <= LONGEST_NAME && typeof view.query === 'string' && view.query.length <= LONGEST_QUERY && /^(\?|$)/.test(view.query);
  return {
    pins: Array.isArray(pins) ? pins.filter((id: unknown): id is number => Number.isSafeInteger(id) && (id as number) > 0) : [],
    views: Array.isArray(views) ? views.filter(isView).map(({ name, query }) => ({ name, query })) : [],
  };
}
