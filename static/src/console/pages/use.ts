// What the pages hook themselves up with.
import { useEffect, useRef } from 'preact/hooks'
import { useDesk } from '../app/desk'
import type { Removals } from './removals'

/** What waits to be removed is removed when its page is left, and when the window is; then nothing offers to take it back any more. */
export function useRemovals(removals: Removals): void {
  const { notices } = useDesk()
  useEffect(() => {
    const late = () => void removals.flush(true)
    addEventListener('pagehide', late)
    return () => {
      removeEventListener('pagehide', late)
      if (removals.hidden.peek().size > 0) notices.clear()
      void removals.flush(false)
    }
  }, [])
}

/** Whether what asks is still shown: an answer that comes later must not close, or rename, what has been opened meanwhile. */
export function useHere(): { readonly current: boolean } {
  const here = useRef(true)
  useEffect(
    () => () => {
      here.current = false
    },
    [],
  )
  return here
}

/** The height of a table's rows in CSS pixels, by the density that the agent has chosen. */
export function useRowHeight(comfortable: number, compact: number): number {
  return useDesk().settings.density.value === 'compact' ? compact : comfortable
}
