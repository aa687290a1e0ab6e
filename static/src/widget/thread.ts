// Cuts messages and waiting lines into what is drawn: days, groups of one author, system lines. Pure.

import { dayKey } from '../shared/day'
import type { Line } from '../shared/outbox'
import type { Room } from '../shared/rooms'
import type { Message, Participant } from '../shared/wire.gen'

/** Lines of one author within this many milliseconds share a group. */
const groupGap = 3 * 60_000

export type Bubble =
  | { type: 'message'; id: string; at: string; conversation: string; message: Message }
  /** A line of the visitor's own that is not stored yet. It keeps its id when it is, so that nothing moves. */
  | { type: 'line'; id: string; at: string; line: Line }

export type Item =
  | { type: 'group'; id: string; mine: boolean; author?: Participant; bubbles: Bubble[] }
  | { type: 'event'; id: string; at: string; message: Message; conversation: string }

export interface Day {
  key: string
  at: string
  items: Item[]
}

export function thread(rooms: readonly Room[], lines: readonly Line[], me: string): Day[] {
  const days: Day[] = []
  // Ids of conversations rise with time, so the rooms in their order are one long thread.
  const sorted = [...rooms].sort((a, b) => (a.id < b.id ? -1 : 1))
  const stored = new Set<string>()
  for (const room of sorted) {
    for (const m of room.messages) {
      if (m.kind === 'note' || m.erased) continue
      if (m.kind === 'event') {
        if (shown(m))
          dayOf(days, m.at).items.push({ type: 'event', id: m.id, at: m.at, message: m, conversation: room.id })
        continue
      }
      const mine = m.author.id === me
      if (mine && m.key) stored.add(m.key)
      const id = mine && m.key ? m.key : m.id
      add(dayOf(days, m.at), { type: 'message', id, at: m.at, conversation: room.id, message: m }, mine, m.author)
    }
  }
  for (const line of lines) {
    if (stored.has(line.key)) continue
    // A line that waits belongs at the end, whatever the clock of this device says.
    const last = days[days.length - 1]
    const day = last && line.at < last.at ? last : dayOf(days, line.at)
    add(day, { type: 'line', id: line.key, at: line.at, line }, true)
  }
  return days
}

/** The system lines that there are words for here; a newer server may know others. */
const phrased: ReadonlySet<string> = new Set(['joined', 'left', 'resolved', 'reopened', 'language'])

function shown(m: Message): boolean {
  return m.event !== undefined && phrased.has(m.event.type)
}

function dayOf(days: Day[], at: string): Day {
  const key = dayKey(at)
  const last = days[days.length - 1]
  if (last?.key === key) return last
  const day = { key, at, items: [] }
  days.push(day)
  return day
}

function add(day: Day, bubble: Bubble, mine: boolean, author?: Participant): void {
  const last = day.items[day.items.length - 1]
  if (last?.type === 'group' && last.mine === mine && (mine || last.author?.id === author?.id)) {
    const before = last.bubbles[last.bubbles.length - 1]!
    if (Date.parse(bubble.at) - Date.parse(before.at) < groupGap) {
      last.bubbles.push(bubble)
      return
    }
  }
  day.items.push({ type: 'group', id: `g${bubble.id}`, mine, bubbles: [bubble], ...(author && !mine && { author }) })
}

/** What is kept of deliveries between pages, of one conversation; the server tells each of them once. Nothing if there is nothing new. */
export function delivery(room: Room, kept: string): string | undefined {
  return room.delivered > keptOf(kept, room.id) ? `${room.id} ${room.delivered}` : undefined
}

/** How far the lines of a conversation were delivered, as `delivery` has written it. */
export function keptOf(kept: string, id: string): number {
  const [of, seq] = kept.split(' ')
  return of === id ? Number(seq) || 0 : 0
}

/** Lines of others that the visitor has not read. */
export function unread(rooms: readonly Room[], me: string): number {
  let n = 0
  for (const room of rooms) {
    const mark = room.row?.read.visitor ?? 0
    for (const m of room.messages) if (m.kind === 'message' && m.seq > mark && m.author.id !== me) n++
  }
  return n
}

/** Lines that have no outbox yet, as they are shown: the session is still being asked for. */
export function unsentLines(
  unsent: ReadonlyArray<Pick<Line, 'key' | 'conversation' | 'text' | 'language'>>,
  owner = '',
): Line[] {
  const now = Date.now()
  return unsent.map((l, i) => ({
    ...l,
    owner,
    order: now + i,
    at: new Date(now + i).toISOString(),
    state: 'queued',
    tries: 0,
  }))
}
