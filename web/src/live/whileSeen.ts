// A browser gives all tabs of one server six connections together (HTTP/1.1), and an open stream keeps one: tabs that
// nobody sees would leave none to the one that somebody looks at.
const UNSEEN_MS = 5000;

// Calls `open` at once where the tab is seen, else when it comes to be; `close` when it has not been seen for a while.
// The returned function ends it.
export function whileSeen(open: () => void, close: () => void): () => void {
  let isOpen = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const set = (wanted: boolean) => {
    if (wanted === isOpen) return;
    isOpen = wanted;
    if (wanted) open();
    else close();
  };
  const look = () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(() => set(false), UNSEEN_MS);
    else set(true);
  };
  document.addEventListener('visibilitychange', look);
  look();
  return () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', look);
    set(false);
  };
}
