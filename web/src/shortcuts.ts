// Whether a key press is meant for the page: no field has the focus, no menu or dialog is open, no modifier.
export function plainKey(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return false;
  const target = event.target as Element;
  if (target.closest?.('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], [role=menu], .cm-editor')) return false;
  return !document.querySelector('dialog[open]');
}
