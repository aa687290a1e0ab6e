// Text that a program puts into a box, so that Ctrl+Z takes it out again: a browser's undo knows what came through its editing commands, and
// forgets everything when a value is set.

/** Puts text in the place of what stands between two places, else of all. It is told as input, as if it were typed. */
export function insertText(
  box: HTMLTextAreaElement | HTMLInputElement,
  text: string,
  from = 0,
  to = box.value.length,
): void {
  box.focus()
  box.setSelectionRange(from, to)
  // The one command that every browser has for this, also in a textarea; there is no other that keeps the undo.
  if (document.execCommand('insertText', false, text)) return
  box.setRangeText(text, from, to, 'end')
  box.dispatchEvent(new InputEvent('input', { bubbles: true }))
}
