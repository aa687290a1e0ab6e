// A list over the box that the keyboard works while it stays in the box.
import type { Signal } from '@preact/signals'

export interface BoxList<Hit> {
  hits: readonly Hit[]
  at: number
  listId: string
  /** What the box says of the list while it is open. */
  box: Record<string, string>
  /** Whether the list has taken the key. */
  key: (e: KeyboardEvent) => boolean
  choose: (hit: Hit | undefined) => void
  point: (i: number) => void
}

/** The list over at least one hit. Arrow keys walk round it, Enter and Tab choose, Escape closes. */
export function boxList<Hit>(
  listId: string,
  hits: readonly Hit[],
  at: Signal<number>,
  choose: (hit: Hit | undefined) => void,
  close: () => void,
): BoxList<Hit> {
  const place = Math.min(at.value, hits.length - 1)
  return {
    hits,
    at: place,
    listId,
    box: { 'aria-controls': listId, 'aria-activedescendant': `${listId}-${place}`, 'aria-autocomplete': 'list' },
    choose,
    point: (i) => {
      at.value = i
    },
    key: (e) => {
      if (e.isComposing || e.ctrlKey || e.metaKey || e.altKey) return false
      if (e.key === 'ArrowDown') at.value = (place + 1) % hits.length
      else if (e.key === 'ArrowUp') at.value = (place - 1 + hits.length) % hits.length
      else if ((e.key === 'Enter' || e.key === 'Tab') && !e.shiftKey) choose(hits[place])
      else if (e.key === 'Escape') close()
      else return false
      e.preventDefault()
      e.stopPropagation()
      return true
    },
  }
}
