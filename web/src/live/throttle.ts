// Many calls become few: the first is carried out soon, those that follow within the interval become one at its
// end. Returns the function and a way to drop what is still due.
export function throttled(action: () => void, intervalMs: number): { call: () => void; cancel: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = -Infinity;
  return {
    call() {
      if (timer !== undefined) return;
      const wait = Math.max(50, last + intervalMs - performance.now());
      timer = setTimeout(() => {
        timer = undefined;
        last = performance.now();
        action();
      }, wait);
    },
    cancel() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
