import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepStream, SILENCE_MS } from './eventStream';
import { FakeEventSource } from './fakeEventSource';

let told: string[];
let stop: () => void;
let ask: ReturnType<typeof vi.fn>;
const page = new EventTarget();

beforeEach(() => {
  vi.useFakeTimers();
  FakeEventSource.all = [];
  ask = vi.fn(() => Promise.resolve(new Response('{}')));
  vi.stubGlobal('EventSource', FakeEventSource);
  vi.stubGlobal('fetch', ask);
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
  told = [];
  stop = keepStream(() => '/events', {
    events: { task: (event) => told.push(event.data) },
    open: () => told.push('open'),
    lost: () => told.push('lost'),
    refused: () => told.push('refused'),
  });
});
afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a stream that is silent for longer than two heartbeats is lost and opened anew', () => {
  FakeEventSource.last.open();
  vi.advanceTimersByTime(SILENCE_MS + 3000);
  expect(told).toEqual(['open', 'lost']);
  expect(FakeEventSource.all.map(({ readyState }) => readyState)).toEqual([FakeEventSource.CLOSED, FakeEventSource.CONNECTING]);
  FakeEventSource.last.open();
  expect(told).toEqual(['open', 'lost', 'open']);
});

test('one whose heartbeats come stays', () => {
  FakeEventSource.last.open();
  for (let minute = 0; minute < 20; minute += 1) {
    vi.advanceTimersByTime(15_000);
    FakeEventSource.last.say('heartbeat');
  }
  expect(told).toEqual(['open']);
  expect(FakeEventSource.all.length).toBe(1);
});

test('one that never opens is tried again, and said to be lost once', () => {
  vi.advanceTimersByTime(60_000);
  expect(told).toEqual(['lost']);
  expect(FakeEventSource.all.length).toBeGreaterThan(3);
});

test('a machine that slept looks at once', () => {
  FakeEventSource.last.open();
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(3000);
  expect(told).toEqual(['open', 'lost']);
});

test('one that broke comes back ever more slowly', () => {
  FakeEventSource.last.break();
  vi.advanceTimersByTime(500);
  expect(FakeEventSource.all.length).toBe(2);
  FakeEventSource.last.break();
  vi.advanceTimersByTime(500);
  expect(FakeEventSource.all.length).toBe(2);
  vi.advanceTimersByTime(500);
  expect(FakeEventSource.all.length).toBe(3);
  expect(told).toEqual(['lost']);
});

test('one that is refused asks who is logged in', () => {
  FakeEventSource.last.refuse();
  expect(told).toEqual(['refused', 'lost']);
  expect(ask.mock.calls[0]![0]).toBe('/auth/me');
});

test('without a network the server is asked whether it is there', async () => {
  FakeEventSource.last.open();
  page.dispatchEvent(new Event('offline'));
  await vi.advanceTimersByTimeAsync(10);
  expect(told).toEqual(['open']);
  ask.mockImplementation(() => Promise.reject(new TypeError('no network')));
  page.dispatchEvent(new Event('offline'));
  await vi.advanceTimersByTimeAsync(10);
  expect(told).toEqual(['open', 'lost']);
  page.dispatchEvent(new Event('online'));
  FakeEventSource.last.open();
  expect(told).toEqual(['open', 'lost', 'open']);
});

test('one that has ended opens no more', () => {
  FakeEventSource.last.break();
  stop();
  vi.advanceTimersByTime(60_000);
  expect(FakeEventSource.all.length).toBe(1);
});
