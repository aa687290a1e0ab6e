// The open conversation stands in the address: a reload comes back to it, a link can be given to a colleague, and on a phone
// the way back is the browser's own.
import { effect } from '@preact/signals'
import type { Desk } from './desk'

const base = '/agent/'
const prefix = `${base}c/`

export function conversationIn(path: string): string | undefined {
  if (!path.startsWith(prefix)) return undefined
  const id = path.slice(prefix.length)
  return /^[\w-]{1,64}$/.test(id) ? id : undefined
}

/** Keeps address and desk together. Returns how to stop. */
export function route(desk: Desk): () => void {
  const first = conversationIn(location.pathname)
  if (first) desk.open(first)
  const write = effect(() => {
    const id = desk.pane.value === 'list' && desk.single.value ? undefined : desk.current.value
    const path = id ? prefix + id : base
    if (!location.pathname.startsWith(base) || location.pathname === path) return
    // Going into a conversation on a phone is a step that one can go back; moving among them is not, or back would walk through the day.
    if (desk.single.peek() && id && location.pathname === base) history.pushState(null, '', path)
    else history.replaceState(null, '', path)
  })
  const back = () => {
    const id = conversationIn(location.pathname)
    if (id) desk.open(id)
    else desk.pane.value = 'list'
  }
  addEventListener('popstate', back)
  return () => {
    write()
    removeEventListener('popstate', back)
  }
}
