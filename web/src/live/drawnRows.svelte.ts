import { onDestroy } from 'svelte';
import { firstDrawn } from '../model/slots';

// A row is no lower than that, so a screen has no more.
const ROW_PX = 46;

// The rows of a list as they are drawn: a screen at once, what lies below it after the browser has shown that. For the
// component that calls it, as long as that is there.
export function drawnRows<T extends { id: number }>(wanted: () => T[] | null): () => T[] | null {
  const atOnce = Math.ceil(innerHeight / ROW_PX);
  let whole = $state.raw<T[] | null>(null);
  const drawn = $derived.by(() => {
    const items = wanted();
    return items && items !== whole ? firstDrawn(whole ?? [], items, atOnce) : items;
  });
  let isWaiting = false;
  let isGone = false;
  const drawRest = () => {
    isWaiting = false;
    if (!isGone) whole = wanted();
  };
  $effect(() => {
    if (wanted() === whole || isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => setTimeout(drawRest));
  });
  onDestroy(() => (isGone = true));
  return () => drawn;
}
