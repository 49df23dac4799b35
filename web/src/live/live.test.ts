import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeEventSource } from './fakeEventSource';
import { live } from './live.svelte';

let told: string[];
let stopListening: () => void;
const tab = Object.assign(new EventTarget(), { hidden: false });
const show = (seen: boolean) => {
  tab.hidden = !seen;
  tab.dispatchEvent(new Event('visibilitychange'));
};
// The stream opens, and the server says how long nothing has changed.
const open = (quiet_ms: number) => {
  FakeEventSource.last.open();
  FakeEventSource.last.say('connected', { quiet_ms });
};

beforeEach(() => {
  vi.useFakeTimers();
  FakeEventSource.all = [];
  vi.stubGlobal('EventSource', FakeEventSource);
  vi.stubGlobal('document', tab);
  vi.stubGlobal('addEventListener', () => {});
  vi.stubGlobal('removeEventListener', () => {});
  tab.hidden = false;
  told = [];
  stopListening = live.listen(({ type }) => told.push(type));
  live.start(Date.now() - 300);
});
afterEach(() => {
  live.stop();
  stopListening();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('the first opening asks for nothing again where nothing has changed since the page asked', () => {
  open(5000);
  expect(live.state).toBe('live');
  expect(told).toEqual([]);
});

test('the first opening asks again where something changed while the page was loading', () => {
  open(200);
  expect(told).toEqual(['resync']);
});

test('a stream that was lost asks again in any case', () => {
  open(5000);
  FakeEventSource.last.break();
  expect(live.state).toBe('lost');
  vi.advanceTimersByTime(500);
  open(60_000);
  expect(live.state).toBe('live');
  expect(told).toEqual(['resync']);
});

test('a tab that is seen again asks again only where something has changed since it last heard', () => {
  open(5000);
  const away = () => {
    show(false);
    vi.advanceTimersByTime(10_000);
    expect(live.state).toBe('off');
    show(true);
  };
  away();
  open(60_000);
  expect(told).toEqual([]);
  away();
  open(9000);
  expect(told).toEqual(['resync']);
});

test('what has no events of its own is told of each beginning', () => {
  const opened = vi.fn();
  const stop = live.onOpen(opened);
  open(5000);
  expect(opened).toHaveBeenCalledOnce();
  expect(told).toEqual([]);
  stop();
});

test('another role is told, and all is asked again', () => {
  open(5000);
  FakeEventSource.last.say('account');
  expect(told).toEqual(['account', 'resync']);
});
