// What the pages hook themselves up with.
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { useDesk } from '../app/desk'
import { undoable } from '../app/notices'
import { t } from '../app/words'
import { type Removal, Removals } from './removals'
import { why } from './rest'

/** Removes things from a page. What waits to be removed is removed when its page is left, and when the window is; then nothing offers to take it back any more. */
export function useRemovals(): {
  removals: Removals
  /** Removes a thing by its key, and says so by its name, with a way back. */
  remove: (key: string, name: string, send: Removal['send']) => void
} {
  const { notices } = useDesk()
  const removals = useMemo(() => new Removals(undoable), [])
  useEffect(() => {
    const late = () => void removals.flush(true)
    addEventListener('pagehide', late)
    return () => {
      removeEventListener('pagehide', late)
      if (removals.hidden.peek().size > 0) notices.clear()
      void removals.flush(false)
    }
  }, [])
  const remove = (key: string, name: string, send: Removal['send']) => {
    const back = removals.remove({ key, send, failed: (err) => notices.say(why(err), 'error') })
    notices.done(t('place.removed', { name }), back)
  }
  return { removals, remove }
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
