// Text that a program puts into a box, so that Ctrl+Z takes it out again: a browser's undo knows what came through its editing commands, and
// forgets everything when a value is set.

/** Whether a program is inserting at this moment: a line break in that is none that somebody has pressed. */
export const inserting = { current: false }

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
  inserting.current = true
  const done = document.execCommand('insertText', false, text)
  inserting.current = false
  if (done) return
  box.setRangeText(text, from, to, 'end')
  box.dispatchEvent(new InputEvent('input', { bubbles: true }))
}
