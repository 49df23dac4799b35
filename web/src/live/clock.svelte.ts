// The present, for countdowns: one timer for the whole page, and only while somebody looks.
import { createSubscriber } from 'svelte/reactivity';

const subscribe = createSubscriber((update) => {
  const timer = setInterval(() => {
    if (!document.hidden) update();
  }, 1000);
  return () => clearInterval(timer);
});

// Milliseconds since the epoch; what reads it in markup is refreshed every second.
export function now(): number {
  subscribe();
  return Date.now();
}
