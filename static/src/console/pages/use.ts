// What the pages hook themselves up with.
import { useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { useDesk } from '../app/desk'
import { undoable } from '../app/notices'
import { t } from '../app/words'
import { type Overtaken, Removals, type Removing, removalOf, type Written } from './removals'
import { overtakenError, why } from './rest'

/**
 * Removes things from a page. What waits to be removed is removed when its page is left, and when the window is; then nothing offers to take it back any more.
 * What somebody has changed meanwhile is shown, one after the other, as long as the page is.
 */
export function useRemovals<T extends Written>(what: Removing<T>) {
  const { notices } = useDesk()
  const here = useHere()
  const removals = useMemo(() => new Removals(undoable), [])
  const overtaken = useSignal<readonly Overtaken<T>[]>([])
  useEffect(() => {
    const late = () => void removals.flush(true)
    addEventListener('pagehide', late)
    return () => {
      removeEventListener('pagehide', late)
      if (removals.hidden.peek().size > 0) notices.clear()
      void removals.flush(false)
    }
  }, [])
  const failed = (err: unknown) => notices.say(why(err), 'error')
  const start = (one: T) =>
    removals.remove(
      removalOf(
        what,
        one,
        (both) => {
          if (here.current) overtaken.value = [...overtaken.peek(), both]
          else failed(overtakenError())
        },
        failed,
      ),
    )
  const settle = () => {
    overtaken.value = overtaken.peek().slice(1)
  }
  return {
    removals,
    /** Says so by its name, with a way back. */
    remove: (one: T, name: string) => notices.done(t('place.removed', { name }), start(one)),
    /** The first of those that have changed, to be looked at; stays or goes. */
    clash: overtaken.value[0],
    stay: settle,
    again: (one: T) => {
      settle()
      start(one)
      void removals.now(what.key(one))
    },
  }
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
