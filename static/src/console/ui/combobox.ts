// A field that filters, over a list of options: the keyboard stays in the field, or goes on from the option that was clicked.
import { type Signal, useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'

export interface Combobox {
  /** The id of the list, and of an option. */
  id: string
  option: (i: number) => string
  /** The option that Enter chooses. */
  at: Signal<number>
  keys: (e: KeyboardEvent) => void
}

/** A list of count options, of which first is chosen at first; arrow keys stop at its ends. */
export function useCombobox(first: number, count: () => number, choose: (i: number) => void): Combobox {
  const id = useId()
  const at = useSignal(first)
  const option = (i: number) => `${id}-${i}`
  const show = (i: number) => {
    at.value = i
    document.getElementById(option(i))?.scrollIntoView({ block: 'nearest' })
  }
  const keys = (e: KeyboardEvent) => {
    if (e.isComposing) return
    if (e.key === 'ArrowDown') show(Math.min(count() - 1, at.value + 1))
    else if (e.key === 'ArrowUp') show(Math.max(0, at.value - 1))
    else if (e.key === 'Enter') choose(at.value)
    else return
    e.preventDefault()
  }
  return { id, option, at, keys }
}
