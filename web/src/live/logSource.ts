// Brings the lines of an output that somebody looks at, and the newest ones as they come.
import { ApiError, get, urlOf } from '../api/client';
import type { LinesAnswer } from '../api/types';
import { CHUNK_LINES, type LogLines } from '../model/logLines';
import { keepStream } from './eventStream';
import { whileSeen } from './whileSeen';

export interface SourceHandlers {
  // To be taken in.
  answer: (answer: LinesAnswer) => void;
  // The attempt has ended: no more lines will come.
  end: () => void;
  lost: (lost: boolean) => void;
}

// Lines on both sides of the view, so that one who scrolls on finds them there.
const AROUND = 120;
const MOST_LINES = 2 * CHUNK_LINES;
const RETRY_MS = 1000;
// What is open is asked for again as it grows, but not all the time.
const AGAIN_MS = 200;

export class LogSource {
  private execution: number;
  private attempt: number | null;
  private lines: LogLines;
  private handlers: SourceHandlers;
  private view: [number, number] = [0, 0];
  private asked: { from: number; until: number; abort: AbortController } | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failed = false;
  private stopped = false;
  private stopStream: () => void = () => {};

  // `attempt` null: the current one, and the next one after a retry. `first`: a line to begin at.
  constructor(execution: number, attempt: number | null, live: boolean, first: number, lines: LogLines, handlers: SourceHandlers) {
    this.execution = execution;
    this.attempt = attempt;
    this.lines = lines;
    this.handlers = handlers;
    if (live) this.follow();
    void this.begin(live, first);
  }

  // Those lines are in view.
  look(from: number, until: number): void {
    this.view = [from, until];
    this.lines.use(from, until);
    if (this.timer !== undefined && !this.failed && !this.isFull()) {
      clearTimeout(this.timer);
      this.timer = undefined;
    }
    this.bring();
  }
  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.asked?.abort.abort();
    this.stopStream();
  }

  private follow(): void {
    let close: (() => void) | null = null;
    let ended = false;
    const connect = () => {
      close = keepStream(() => urlOf(`/executions/${this.execution}/log/lines/stream`, { attempt: this.attempt }), {
        events: {
          lines: ({ data }) => this.handlers.answer(JSON.parse(data) as LinesAnswer),
          end: () => {
            ended = true;
            close?.();
            this.handlers.end();
          },
        },
        open: () => this.handlers.lost(false),
        lost: () => this.handlers.lost(true),
      });
    };
    const stop = whileSeen(() => !ended && connect(), () => close?.());
    this.stopStream = () => {
      ended = true;
      stop();
    };
  }
  private async begin(live: boolean, first: number): Promise<void> {
    if (!live || first > 0) await this.ask(Math.max(0, first - CHUNK_LINES / 2), CHUNK_LINES);
    if (live) return;
    // A log of gigabytes is counted in several steps.
    while (!this.stopped && !this.lines.complete) {
      if (!(await this.ask(0, 0))) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    if (!this.stopped) this.handlers.end();
  }

  private bring(): void {
    if (this.stopped || this.timer !== undefined) return;
    const [from, until] = this.view;
    const inView = this.lines.missing(from, until);
    const missing = inView ?? this.lines.missing(from - AROUND, until + AROUND);
    if (!missing) return;
    if (this.asked) {
      // Where one looks now something else is wanted first.
      if (!inView || (this.asked.from < inView[1] && inView[0] < this.asked.until)) return;
      this.asked.abort.abort();
    }
    // Whole chunks, and more of them on the side to which one goes.
    const first = Math.floor(missing[0] / CHUNK_LINES) * CHUNK_LINES;
    const start = missing[0] - first < CHUNK_LINES / 2 && !this.lines.get(first) ? first : missing[0];
    const last = Math.ceil(missing[1] / CHUNK_LINES) * CHUNK_LINES;
    void this.ask(start, Math.min(MOST_LINES, Math.max(last, missing[1]) - start)).then((came) => {
      const still = this.lines.missing(...this.view);
      // A job that drops output can be faster than whoever reads it.
      const isFutile = still !== null && still[0] === missing[0];
      this.again(!came ? RETRY_MS : isFutile || this.isFull() ? AGAIN_MS : 0);
    });
  }
  private again(wait: number): void {
    if (this.stopped || this.timer !== undefined || this.asked) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.bring();
    }, wait);
  }
  // Only what is open could be asked for.
  private isFull(): boolean {
    for (let line = this.view[0]; line < Math.min(this.view[1], this.lines.total); line += 1) if (!this.lines.get(line)) return false;
    return true;
  }

  private async ask(from: number, count: number): Promise<boolean> {
    const mine = { from, until: from + count, abort: new AbortController() };
    // One that only counts stands in nobody's way.
    if (count > 0) this.asked = mine;
    try {
      const query = { from: from + 1, count, attempt: this.attempt ?? (this.lines.attempt || null) };
      const answer = await get<LinesAnswer>(`/executions/${this.execution}/log/lines`, { query, signal: mine.abort.signal });
      if (this.stopped) return true;
      if (this.failed) this.handlers.lost((this.failed = false));
      this.handlers.answer(answer);
      return true;
    } catch (error) {
      if (mine.abort.signal.aborted) return true;
      // It is gone, and stays so.
      if (error instanceof ApiError && error.status === 404) {
        this.stop();
        this.handlers.end();
        return false;
      }
      this.handlers.lost((this.failed = true));
      return false;
    } finally {
      if (this.asked === mine) this.asked = null;
    }
  }
}
