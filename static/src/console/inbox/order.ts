// Which conversations a tab shows, and in which order. Pure, so that the rules can be read and tested in one place.
import type { Conversation } from '../../shared/wire.gen'

export type Tab = 'mine' | 'unassigned' | 'all' | 'mentions'
export type Sort = 'waiting' | 'newest'

export const tabs: readonly Tab[] = ['mine', 'unassigned', 'all', 'mentions']

/** Open, or snoozed until a moment that has passed: who was to come back now is back, whatever the row still says. */
export function isOpen(row: Conversation, now: number): boolean {
  return (
    row.state === 'open' ||
    (row.state === 'snoozed' && row.snoozed_until !== undefined && Date.parse(row.snoozed_until) <= now)
  )
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

/** Who waits longest stands first; those whom nobody keeps waiting follow, the latest first; then those asleep, then what is resolved. */
export function longestFirst(a: Conversation, b: Conversation, now: number): number {
  const part = partOf(a, now) - partOf(b, now)
  if (part) return part
  if (a.waiting_since && b.waiting_since && partOf(a, now) === 0)
    return descending(b.waiting_since, a.waiting_since) || byId(b, a)
  return newestFirst(a, b)
}

function partOf(row: Conversation, now: number): number {
  if (isOpen(row, now)) return row.waiting_since ? 0 : 1
  return row.state === 'resolved' ? 3 : 2
}

export type Compare = (a: Conversation, b: Conversation) => number

export function compareBy(sort: Sort, now: number): Compare {
  return sort === 'newest' ? newestFirst : (a, b) => longestFirst(a, b, now)
}

/** What a list shows while somebody is in it, and how many rows wait to come in. */
export interface Held {
  ids: readonly string[]
  fresh: number
}

/**
 * Holds the shown order still: nothing moves or leaves under the pointer, and what is new is only counted. What the reader has asked for himself by
 * scrolling comes in at the end. Without a hold the wanted order is simply shown. The same list gives the same object.
 */
export function hold(shown: Held, wanted: readonly string[], held: boolean, asked: ReadonlySet<string>): Held {
  const next = held && shown.ids.length > 0 ? stands(shown.ids, wanted, asked) : { ids: wanted, fresh: 0 }
  const same = next.fresh === shown.fresh && next.ids.length === shown.ids.length
  return same && next.ids.every((id, i) => id === shown.ids[i]) ? shown : next
}

function stands(ids: readonly string[], wanted: readonly string[], asked: ReadonlySet<string>): Held {
  const known = new Set(ids)
  const come = wanted.filter((id) => !known.has(id))
  const more = come.filter((id) => asked.has(id))
  return { ids: more.length ? [...ids, ...more] : ids, fresh: come.length - more.length }
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
