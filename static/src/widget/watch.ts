// What the page around the frame is told of a talk: how much is unread, and whether it goes on.
import { effect } from '@preact/signals'
import type { Talk } from './talk'

/** What is read at once is never unread: a line is given this long to be seen before the badge speaks of it. In ms. */
const settle = 150

/**
 * That a talk is over, or that there is none, has to stand for so long before it is told, in ms: what was said comes after the connection, on a slow one piece
 * by piece, and a page that is left in between must not make the next one forget the talk.
 */
const certain = 5000

export interface Watcher {
  unread(n: number): void
  /**
   * Whether the next page has something to do here: there is a conversation that is not resolved, or a line that is not sent. tab: a line that no other tab
   * has, because the session is not answered. Told as soon as it is known, and of lines at once, for the next page may come at any moment.
   */
  live(live: boolean, tab: boolean): void
}

export function watch(talk: Talk, watcher: Watcher): void {
  let unread = 0
  const told = { all: undefined as boolean | undefined, tab: false }
  const timers: Partial<Record<'unread' | 'live', ReturnType<typeof setTimeout>>> = {}
  const tellAll = (live: boolean) => {
    if (told.all !== live) watcher.live(live, false)
    told.all = live
  }
  const tellTab = (live: boolean) => {
    if (told.tab !== live) watcher.live(live, true)
    told.tab = live
  }

  effect(() => {
    const n = talk.unread.value
    clearTimeout(timers.unread)
    timers.unread = setTimeout(() => {
      if (unread !== n) watcher.unread(n)
      unread = n
    }, settle)
  })

  effect(() => {
    const known = talk.me.value !== undefined
    const waits = talk.lines.value.length > 0
    const room = talk.current.value
    const connected = talk.link.value === 'connected'
    clearTimeout(timers.live)
    // Somebody else comes next, of whom nothing was told.
    if (!known) told.all = undefined
    if (waits && known) tellAll(true)
    tellTab(waits && !known)
    if (waits) return
    const live = room !== undefined && room.row?.state !== 'resolved'
    if (live || connected) timers.live = setTimeout(() => tellAll(live), live ? settle : certain)
  })
}
