// The open conversation, or the page, stands in the address: a reload comes back to it, a link can be given to a colleague, and the way back from a page, and
// on a phone from a conversation, is the browser's own.
import { effect } from '@preact/signals'
import { writeFilters } from '../inbox/filters'
import type { Desk } from './desk'
import { pathOf, placeIn } from './places'

const base = '/agent/'
const prefix = `${base}c/`

/** The conversation of an address, and the number of the line in it that is meant; 0: none in particular. */
export function conversationIn(path: string): { id: string; seq: number } | undefined {
  const found = path.startsWith(prefix) && /^([\w-]{1,64})(?:\/([1-9]\d{0,14}))?$/.exec(path.slice(prefix.length))
  return found ? { id: found[1] as string, seq: Number(found[2] ?? 0) } : undefined
}

/** Keeps address and desk together. Returns how to stop. */
export function route(desk: Desk): () => void {
  desk.settings.address(location.search)
  read(desk, true)
  const write = effect(() => {
    const place = desk.place.value
    const id = desk.pane.value === 'list' && desk.single.value ? undefined : desk.current.value
    const spot = desk.chats.stretches.spot.value
    const line = spot && spot.conversation === id ? `/${spot.seq}` : ''
    const filters = place ? '' : writeFilters(desk.settings.filters.value)
    const query = filters && `?tab=${desk.settings.tab.value}&${filters}`
    const path = (place ? pathOf(place) : id ? prefix + id + line : base) + query
    if (!location.pathname.startsWith(base) || location.pathname + location.search === path) return
    // Going to another page, or on a phone into a conversation, is a step that one can go back; moving among conversations is not, or back would walk through the day.
    const other = placeIn(location.pathname)?.name !== place?.name
    if (other || (desk.single.peek() && id && location.pathname === base)) history.pushState(null, '', path)
    else history.replaceState(null, '', path)
  })
  const back = () => read(desk, false)
  addEventListener('popstate', back)
  return () => {
    write()
    removeEventListener('popstate', back)
  }
}

/** Does what the address says; on the way back from a conversation the list is shown. */
function read(desk: Desk, first: boolean): void {
  const place = placeIn(location.pathname)
  const talk = conversationIn(location.pathname)
  if (place) desk.go(place.name, place.site)
  else if (talk) {
    desk.openAt(talk.id, talk.seq)
    const [way] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
    // Who reloads while he writes types on; who follows a link may read first, and so does a finger.
    if (first && way?.type === 'reload' && !desk.single.peek() && !matchMedia('(pointer: coarse)').matches)
      desk.focus('start')
  } else {
    desk.goInbox()
    if (!first) desk.pane.value = 'list'
  }
}
