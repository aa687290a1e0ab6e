// Which conversations a tab shows, and in which order. Pure, so that the rules can be read and tested in one place.
import type { Conversation } from '../../shared/wire.gen'

export type Tab = 'mine' | 'unassigned' | 'all' | 'resolved'
export type Sort = 'waiting' | 'newest'

export const tabs: readonly Tab[] = ['mine', 'unassigned', 'all', 'resolved']

/** Open, or snoozed until a moment that has passed: who was to come back now is back, whatever the row still says. */
export function isOpen(row: Conversation, now: number): boolean {
  return (
    row.state === 'open' ||
    (row.state === 'snoozed' && row.snoozed_until !== undefined && Date.parse(row.snoozed_until) <= now)
  )
}

/** Snoozed conversations stay out of Mine and Unassigned until they wake; All keeps them, at its end. */
export function inTab(row: Conversation, tab: Tab, me: string, now: number): boolean {
  switch (tab) {
    case 'mine':
      return isOpen(row, now) && row.assignee === me
    case 'unassigned':
      return isOpen(row, now) && !row.assignee
    case 'all':
      return row.state !== 'resolved'
    case 'resolved':
      return row.state === 'resolved'
  }
}

/** When something last happened in it. Times on the wire have a fixed width, so they compare as text. */
export function activity(row: Conversation): string {
  return row.last?.at ?? ''
}

// Ids are made in the order of time, so they settle what times leave open: two rows never change places by chance.
function byId(a: Conversation, b: Conversation): number {
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0
}

function descending(a: string, b: string): number {
  return a < b ? 1 : a > b ? -1 : 0
}

export function newestFirst(a: Conversation, b: Conversation): number {
  return descending(activity(a), activity(b)) || byId(a, b)
}

/** Who waits longest stands first; those whom nobody keeps waiting follow, the latest first; then those asleep. */
export function longestFirst(a: Conversation, b: Conversation, now: number): number {
  const asleep = Number(!isOpen(a, now)) - Number(!isOpen(b, now))
  if (asleep) return asleep
  if (a.waiting_since && b.waiting_since) return descending(b.waiting_since, a.waiting_since) || byId(b, a)
  if (a.waiting_since) return -1
  if (b.waiting_since) return 1
  return newestFirst(a, b)
}

/** The ids that a tab shows, in order. Nobody waits in a resolved conversation, so that tab is always newest first. */
export function orderOf(rows: Iterable<Conversation>, tab: Tab, sort: Sort, me: string, now: number): string[] {
  const kept: Conversation[] = []
  for (const row of rows) if (inTab(row, tab, me, now)) kept.push(row)
  kept.sort(sort === 'newest' || tab === 'resolved' ? newestFirst : (a, b) => longestFirst(a, b, now))
  return kept.map((row) => row.id)
}

/** What a list shows while somebody points into it, and how many rows wait to come in. */
export interface Held {
  ids: string[]
  fresh: number
}

/**
 * Holds the shown order still: nothing moves or leaves under the pointer, and what is new is only counted.
 * Without a hold the wanted order is simply shown.
 */
export function hold(shown: readonly string[], wanted: readonly string[], held: boolean): Held {
  if (!held || shown.length === 0) return { ids: [...wanted], fresh: 0 }
  const known = new Set(shown)
  let fresh = 0
  for (const id of wanted) if (!known.has(id)) fresh++
  return { ids: [...shown], fresh }
}

/** The neighbour of id, `by` places on; the first or last if id is not in the list; nothing in an empty one. */
export function neighbour(ids: readonly string[], id: string, by: 1 | -1): string | undefined {
  const at = ids.indexOf(id)
  if (at < 0) return by > 0 ? ids[0] : ids[ids.length - 1]
  return ids[Math.min(Math.max(at + by, 0), ids.length - 1)]
}

/** Who comes after a conversation that is done: the one below it, else the one above, else nobody. */
export function successor(ids: readonly string[], id: string): string | undefined {
  const at = ids.indexOf(id)
  if (at < 0) return ids[0]
  return ids[at + 1] ?? ids[at - 1]
}
