// Cuts the lines of a conversation into what a reader sees: days, runs of lines by one person, and system lines folded together.
import { dayKey } from '../../shared/day'
import type { Message } from '../../shared/wire.gen'

export type Item =
  | { type: 'day'; key: string; at: string }
  | { type: 'run'; key: string; lines: Message[] }
  | { type: 'events'; key: string; lines: Message[] }
  | { type: 'unread'; key: string }

/** The system lines that there are words for here; a newer server may know others. */
const phrased: ReadonlySet<string> = new Set([
  'joined',
  'left',
  'resolved',
  'reopened',
  'assigned',
  'invited',
  'language',
  'rated',
])

/** Lines of one author that follow each other within this many milliseconds share one heading. */
export const runGap = 3 * 60_000

function joins(a: Message, b: Message): boolean {
  return a.author.id === b.author.id && a.kind === b.kind && Date.parse(b.at) - Date.parse(a.at) < runGap
}

/**
 * unreadAfter is the seq after which lines are new to the reader: a mark stands before the first of them that is a visitor's.
 * 0 means no mark.
 */
export function group(lines: readonly Message[], unreadAfter = 0): Item[] {
  const items: Item[] = []
  let day = ''
  let marked = unreadAfter === 0
  for (const line of lines) {
    const today = dayKey(line.at)
    if (today !== day) {
      day = today
      items.push({ type: 'day', key: `d${today}`, at: line.at })
    }
    if (!marked && line.seq > unreadAfter && line.author.kind === 'visitor' && line.kind === 'message') {
      marked = true
      items.push({ type: 'unread', key: 'unread' })
    }
    const last = items[items.length - 1]
    if (line.kind === 'event') {
      if (line.event && !phrased.has(line.event.type)) continue
      if (last?.type === 'events') last.lines.push(line)
      else items.push({ type: 'events', key: `e${line.seq}`, lines: [line] })
      continue
    }
    const before = last?.type === 'run' ? last.lines[last.lines.length - 1] : undefined
    if (last?.type === 'run' && before && joins(before, line)) last.lines.push(line)
    else items.push({ type: 'run', key: `r${line.seq}`, lines: [line] })
  }
  return items
}

/**
 * Names of the items that stay: older lines may join the first run and new ones the last, and what is open in a run (a correction, an original)
 * must not close for that. `known` has the name by seq, of what was drawn before.
 */
export function named(items: readonly Item[], known: Map<number, string>): void {
  const taken = new Set<string>()
  for (const item of items) {
    if (item.type !== 'run' && item.type !== 'events') continue
    const was = item.lines.map((l) => known.get(l.seq)).find((k) => k !== undefined && !taken.has(k))
    if (was !== undefined) item.key = was
    while (taken.has(item.key)) item.key += "'"
    taken.add(item.key)
    for (const line of item.lines) known.set(line.seq, item.key)
  }
}

/** Whether an item shows what the other showed. A line that changes is another object, so lines are not looked into. */
export function sameItem(a: Item, b: Item): boolean {
  if (a.type !== b.type || a.key !== b.key) return false
  if ('at' in a && 'at' in b) return a.at === b.at
  if (!('lines' in a && 'lines' in b)) return true
  const { lines } = b
  return a.lines.length === lines.length && a.lines.every((line, i) => line === lines[i])
}
