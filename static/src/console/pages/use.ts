// What the pages hook themselves up with.
import { useEffect } from 'preact/hooks'
import { useDesk } from '../app/desk'
import type { Removals } from './removals'

/** What waits to be removed is removed when its page is left, and when the window is. */
export function useRemovals(removals: Removals): void {
  useEffect(() => {
    const late = () => void removals.flush(true)
    addEventListener('pagehide', late)
    return () => {
      removeEventListener('pagehide', late)
      void removals.flush(false)
    }
  }, [])
}

/** The height of a table's rows in CSS pixels, by the density that the agent has chosen. */
export function useRowHeight(comfortable: number, compact: number): number {
  return useDesk().settings.density.value === 'compact' ? compact : comfortable
}
