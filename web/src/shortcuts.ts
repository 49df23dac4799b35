// Whether a key press is meant for the page: no field has the focus, no menu or dialog is open, no modifier.
export function plainKey(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return false;
  const target = event.target as Element;
  if (target.closest?.('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], [role=menu], .cm-editor')) return false;
  return !document.querySelector('dialog[open]');
}

// j and k walk the rows of a table, from the one that has the focus: to these links, one a row. False for other keys.
export function walkRows(key: string, links: HTMLElement[]): boolean {
  if (key !== 'j' && key !== 'k') return false;
  const here = links.findIndex((link) => link.closest('tr')!.contains(document.activeElement));
  links[key === 'j' ? Math.min(links.length - 1, here + 1) : Math.max(0, here - 1)]?.focus();
  return true;
}
