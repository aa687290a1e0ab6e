// A sign that something goes on, where it takes long enough to be noticed.
import type { Signal } from '@preact/signals'
import type { Notice } from '../app/notices'

/** How long something may take before it is told, in ms, and told again: notices go by themselves. */
export const unnoticed = 300

/** Tells it for as long as it lasts. What was said beside it stays, and stands before it. Returns how to say that it is over. */
export function during(current: Signal<Notice | undefined>, text: string): () => void {
  const notice: Notice = { text, kind: 'info' }
  const timer = setInterval(() => {
    current.value ??= notice
  }, unnoticed)
  return () => {
    clearInterval(timer)
    if (current.peek() === notice) current.value = undefined
  }
}
