// What the page around the frame is told of a talk: how much is unread, and whether it goes on.
import { effect } from '@preact/signals'
import type { Talk } from './talk'

/** What is read at once is never unread: a line is given this long to be seen before the badge speaks of it. */
const settle = 150

/** Calls f with the number of unread lines, and whether there is a conversation that is not resolved, when they have changed. */
export function watch(talk: Talk, f: (unread: number, live: boolean) => void): void {
  let told = ''
  let timer: ReturnType<typeof setTimeout> | undefined
  effect(() => {
    const n = talk.unread.value
    const live = talk.current.value !== undefined && talk.current.value.row?.state !== 'resolved'
    clearTimeout(timer)
    timer = setTimeout(() => {
      if (told === `${n} ${live}`) return
      told = `${n} ${live}`
      f(n, live)
    }, settle)
  })
}
