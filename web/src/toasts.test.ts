import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Toasts } from './toasts.svelte';

describe('toasts', () => {
  let toasts: Toasts;
  const texts = () => toasts.items.map(({ text }) => text);
  beforeEach(() => {
    vi.useFakeTimers();
    toasts = new Toasts();
  });
  afterEach(() => vi.useRealTimers());

  it('do not push away one whose end has consequences', () => {
    const onend = vi.fn();
    toasts.show({ kind: 'done', text: 'deleted', pinned: true, onend });
    for (const text of ['1', '2', '3', '4', '5']) toasts.done(text);
    expect(texts()).toEqual(['deleted', '3', '4', '5']);
    expect(onend).not.toHaveBeenCalled();
  });
  it('stay while they are held, and for a while afterwards', () => {
    const id = toasts.show({ kind: 'done', text: 'held', lifetime: 5000 });
    toasts.hold(id, 'pointer');
    toasts.hold(id, 'focus');
    vi.advanceTimersByTime(60_000);
    toasts.release(id, 'pointer');
    vi.advanceTimersByTime(60_000);
    expect(texts()).toEqual(['held']);
    toasts.release(id, 'focus');
    vi.advanceTimersByTime(1900);
    expect(texts()).toEqual(['held']);
    vi.advanceTimersByTime(200);
    expect(texts()).toEqual([]);
  });
  it('say that they ended, unless their action was taken', () => {
    const [ended, run, other] = [vi.fn(), vi.fn(), vi.fn()];
    toasts.show({ kind: 'done', text: 'a', lifetime: 1000, onend: ended, action: { label: 'Undo', run } });
    expect(toasts.undo()).toBe(true);
    vi.advanceTimersByTime(5000);
    toasts.show({ kind: 'done', text: 'b', lifetime: 1000, onend: other, action: { label: 'Watch', href: '/' } });
    toasts.show({ kind: 'failure', text: 'c', lifetime: 1000, action: { label: 'Run beside it', run: other } });
    expect(toasts.undo()).toBe(false);
    vi.advanceTimersByTime(1000);
    expect([run.mock.calls.length, ended.mock.calls.length, other.mock.calls.length]).toEqual([1, 0, 1]);
  });
});
