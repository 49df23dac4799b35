// What its reader keeps: pinned tasks and saved views, which the server keeps for the account, and small choices of this
// browser. Pins and views are shown as this browser knew them last until the server has answered, and a change is shown
// at once.
import { ApiError, send } from './api/client';
import { live } from './live/live.svelte';
import { after, readPreferences, type Deed, type Preferences, type SavedView } from './model/preferences';
import { sayProblem } from './problem';
import { toasts } from './toasts.svelte';

const PATH = '/auth/me/preferences';
// This browser's copy of what the account keeps, and what the server has not heard of yet.
const COPY = 'preferences';
// What browsers kept by themselves in earlier versions.
const OLD_PINS = 'pins';
const OLD_VIEWS = 'views';
const MOST_TRIES = 5;
const FRESH_MS = 2000;
const NOTHING: Preferences = { pins: [], views: [] };

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
function forget(...keys: string[]): void {
  try {
    for (const key of keys) localStorage.removeItem(key);
  } catch {
    // Nothing was kept there either.
  }
}

interface Copy extends Preferences {
  user: number;
  undone: Deed[];
}
function readCopy(): Copy | null {
  const copy = read<Partial<Copy> | null>(COPY, null);
  return copy && { user: copy.user ?? 0, undone: Array.isArray(copy.undone) ? copy.undone : [], ...readPreferences(copy.pins, copy.views) };
}

interface Answer {
  kept: Preferences;
  etag: string;
}
async function answerOf(response: Promise<Response>): Promise<Answer> {
  const { headers } = await response;
  return { kept: (await (await response).json()) as Preferences, etag: headers.get('etag') ?? '' };
}
const ask = () => answerOf(send('GET', PATH));

class Prefs {
  pins = $state.raw<number[]>([]);
  views = $state.raw<SavedView[]>([]);
  wrap = $state(read('log.wrap', true));
  gutter = $state(read('log.gutter', innerWidth > 640));

  private user: number | null = null;
  // Null: not known, or not any more.
  private server: Answer | null = null;
  private ahead: Promise<Answer> | null = null;
  private undone: Deed[] = [];
  private sending = false;
  private askedAt = -Infinity;

  constructor() {
    const copy = readCopy();
    if (copy) this.show(after(copy, copy.undone));
  }

  // A browser that knows nothing yet asks before the list is shown, which would make room for the pins later.
  async askAhead(): Promise<void> {
    if (readCopy()) return;
    this.ahead = ask();
    try {
      this.show((await this.ahead).kept);
    } catch {
      // Nobody is logged in yet, as a rule: it is asked again when somebody is.
      this.ahead = null;
    }
  }

  // Keeps up with the account, whoever changes it where, until the returned function is called.
  follow(user: number): () => void {
    if (this.user !== user) this.begin(user);
    const stop = live.onOpen(() => {
      if (performance.now() - this.askedAt > FRESH_MS) void this.refresh();
    });
    const otherTab = ({ key }: StorageEvent) => {
      if (key !== COPY) return;
      const copy = readCopy();
      if (copy?.user === this.user && copy.undone.length === 0) void this.refresh();
    };
    addEventListener('storage', otherTab);
    return () => {
      stop();
      removeEventListener('storage', otherTab);
    };
  }
  private begin(user: number): void {
    const copy = readCopy();
    const isOther = copy ? copy.user !== user : this.user !== null;
    if (isOther) this.show(NOTHING);
    this.user = user;
    this.server = null;
    this.undone = copy && !isOther ? copy.undone : [];
    const older = readPreferences(read(OLD_PINS, null), read(OLD_VIEWS, null));
    if (older.pins.length || older.views.length) this.undone = [...this.undone, { adopt: older }];
    void this.refresh();
  }
  // At log-out: the next one at this browser is somebody else.
  forget(): void {
    forget(COPY);
  }

  togglePin(id: number): void {
    this.change(this.pins.includes(id) ? { unpin: id } : { pin: id });
  }
  saveView(name: string, query: string): void {
    this.change({ save: { name, query } });
  }
  dropView(name: string): void {
    this.change({ drop: name });
  }
  setWrap(value: boolean): void {
    this.wrap = value;
    write('log.wrap', value);
  }
  setGutter(value: boolean): void {
    this.gutter = value;
    write('log.gutter', value);
  }

  // What stays the same stays the same list, so that nothing is drawn or asked anew for it.
  private show({ pins, views }: Preferences): void {
    if (JSON.stringify(pins) !== JSON.stringify(this.pins)) this.pins = pins;
    if (JSON.stringify(views) !== JSON.stringify(this.views)) this.views = views;
  }
  private change(deed: Deed): void {
    this.show(after({ pins: this.pins, views: this.views }, [deed]));
    this.undone = [...this.undone, deed];
    this.keepCopy(this.server?.kept ?? readCopy() ?? NOTHING);
    void this.carryOut();
  }
  private learn(answer: Answer): void {
    this.server = answer;
    this.show(after(answer.kept, this.undone));
    this.keepCopy(answer.kept);
  }
  // Other tabs hear of each writing that changes something.
  private keepCopy({ pins, views }: Preferences): void {
    if (this.user !== null) write(COPY, { user: this.user, pins, views, undone: this.undone } satisfies Copy);
  }

  private async refresh(): Promise<void> {
    const user = this.user;
    this.askedAt = performance.now();
    try {
      const asked = this.ahead ?? ask();
      this.ahead = null;
      const answer = await asked;
      // A change that is on its way brings what there is with it.
      if (user !== this.user || this.sending) return;
      this.learn(answer);
      void this.carryOut();
    } catch {
      // What this browser knew last is shown.
    }
  }

  // One request after another, each with all that was done until then; again where others have changed it meanwhile.
  private async carryOut(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    const user = this.user;
    try {
      for (let tries = 0; this.undone.length > 0 && user === this.user; tries += 1) {
        const { kept, etag } = (this.server ??= await ask());
        const deeds = this.undone.length;
        try {
          const answer = await answerOf(send('PUT', PATH, { body: after(kept, this.undone), headers: { 'if-match': etag } }));
          if (user !== this.user) return;
          this.undone = this.undone.slice(deeds);
          this.learn(answer);
          forget(OLD_PINS, OLD_VIEWS);
          tries = 0;
        } catch (error) {
          if (!(error instanceof ApiError && error.status === 412 && tries < MOST_TRIES)) throw error;
          this.server = null;
        }
      }
    } catch (error) {
      // What could not be sent is sent when the server is there again, or by the next page.
      if (user === this.user && (error as ApiError).status !== 0) this.giveUp(error);
    } finally {
      this.sending = false;
    }
  }
  private giveUp(error: unknown): void {
    this.undone = [];
    const kept = this.server?.kept ?? readCopy() ?? NOTHING;
    this.show(kept);
    this.keepCopy(kept);
    toasts.failure(sayProblem(error));
  }
}
export const prefs = new Prefs();
