// What the page around the frame is told of a talk: how much is unread, and whether it goes on.
import { effect } from '@preact/signals'
import type { Talk } from './talk'

/** What is read at once is never unread: a line is given this long to be seen before the badge speaks of it. */
const settle = 150

/**
 * Calls f with the number of unread lines, and whether the talk goes on, when they have changed: there is a conversation that is not resolved, or a line that
 * is not sent. Of such a line it tells at once, for the next page may come at any moment and has to send it.
 */
export function watch(talk: Talk, f: (unread: number, live: boolean) => void): void {
  let told = { n: 0, live: undefined as boolean | undefined }
  let timer: ReturnType<typeof setTimeout> | undefined
  const tell = (n: number, live: boolean) => {
    if (told.n === n && told.live === live) return
    told = { n, live }
    f(n, live)
  }
  effect(() => {
    const n = talk.unread.value
    const waits = talk.lines.value.length > 0
    const live = waits || (talk.current.value !== undefined && talk.current.value.row?.state !== 'resolved')
    if (waits) tell(told.n, live)
    clearTimeout(timer)
    timer = setTimeout(() => tell(n, live), settle)
  })
}
