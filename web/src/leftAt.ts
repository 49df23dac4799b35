// Where each entry of the history was left: how far down, and at which link. The browser's own memory of it does not
// help: it scrolls before the page that one comes back to is drawn.
interface Place {
  top: number;
  link: string | null;
}

const KEPT = 'left_at';
const MOST_ENTRIES = 100;
const PATIENCE_MS = 5000;
// What a reader does that has an own idea of where to be.
const OWN_WAYS = ['wheel', 'touchstart', 'pointerdown', 'keydown'];

const entryOf = (state: unknown): string | null => (state as { entry?: string } | null)?.entry ?? null;

function restore(): [string, Place][] {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? '[]') as [string, Place][];
  } catch {
    return [];
  }
}

class LeftAt {
  private places = new Map(restore());
  private entry = '';
  private made = 0;
  private stop = () => {};

  // The entry that is shown.
  get here(): string {
    return this.entry;
  }
  // The entry is known again after a reload.
  start(): Place | undefined {
    history.scrollRestoration = 'manual';
    addEventListener('pagehide', () => {
      this.leave();
      try {
        sessionStorage.setItem(KEPT, JSON.stringify([...this.places].slice(-MOST_ENTRIES)));
      } catch {
        // Then a reload begins at the top.
      }
    });
    return this.arrive();
  }
  push(url: string | URL): void {
    this.leave();
    this.entry = this.fresh();
    history.pushState({ entry: this.entry }, '', url);
  }
  replace(url: string | URL): void {
    history.replaceState({ entry: this.entry }, '', url);
  }
  // Back where one was, since leaving was refused.
  stay(url: string): void {
    history.pushState({ entry: this.entry }, '', url);
  }
  // The history has moved: to where was this left?
  move(): Place | undefined {
    this.leave();
    return this.arrive();
  }

  // Goes there as soon as the page is high enough, and puts the focus on the link unless it was put elsewhere meanwhile.
  // Given up when the reader scrolls, or after a while.
  goTo({ top, link }: Place): void {
    this.stop();
    const until = performance.now() + PATIENCE_MS;
    let room = -1;
    let frame = 0;
    const step = () => {
      const wanted = document.documentElement.scrollHeight - innerHeight;
      if (wanted > room) scrollTo(0, top);
      room = wanted;
      const target = link === null ? null : document.querySelector<HTMLElement>(`#main a[href="${CSS.escape(link)}"]`);
      if ((room >= top && (link === null || target)) || performance.now() > until) {
        this.stop();
        if (target && document.activeElement?.id === 'main') target.focus({ preventScroll: true });
      } else frame = requestAnimationFrame(step);
    };
    this.stop = () => {
      cancelAnimationFrame(frame);
      for (const way of OWN_WAYS) removeEventListener(way, this.stop);
      this.stop = () => {};
    };
    for (const way of OWN_WAYS) addEventListener(way, this.stop, { passive: true });
    frame = requestAnimationFrame(step);
  }
  goToTop(): void {
    this.stop();
    scrollTo(0, 0);
  }

  private arrive(): Place | undefined {
    const entry = entryOf(history.state);
    this.entry = entry ?? this.fresh();
    if (entry === null) history.replaceState({ entry: this.entry }, '');
    return this.places.get(this.entry);
  }
  private leave(): void {
    const link = document.activeElement?.closest('#main a')?.getAttribute('href') ?? null;
    this.places.delete(this.entry);
    this.places.set(this.entry, { top: Math.round(scrollY), link });
  }
  private fresh(): string {
    return `${Date.now().toString(36)}-${++this.made}`;
  }
}

export const leftAt = new LeftAt();
export type { Place };
