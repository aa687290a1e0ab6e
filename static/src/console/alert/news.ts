import type { Conversation } from '../../shared/wire.gen'

/** What an agent is called for by a sound: somebody new whom nobody has yet, a line in a conversation of his own, somebody who waits too long. */
export type Kind = 'new' | 'line' | 'waiting'

export const kinds: readonly Kind[] = ['new', 'line', 'waiting']

/** So long may somebody wait before that is said, in ms. */
export const waitedLong = 60_000

/** Whom a line calls: the agent whose conversation it is, and everybody while it is nobody's. */
export function calls(row: Conversation, me: string): boolean {
  return row.state === 'open' && (!row.assignee || row.assignee === me)
}

/** How many customers wait for an answer of this agent, or of anybody. */
export function waitingFor(rows: Iterable<Conversation>, me: string): number {
  let n = 0
  for (const row of rows) if (row.waiting_since && calls(row, me)) n++
  return n
}

/** What a new line of the visitor is to this agent. Nobody's conversation calls once: further lines of someone who waits already are no news. */
export function kindOf(row: Conversation, me: string): Kind | undefined {
  if (!calls(row, me)) return undefined
  if (row.assignee === me) return 'line'
  return row.waiting_since !== undefined && row.waiting_since === row.last?.at ? 'new' : undefined
}

/** Whether a kind is told to an agent who is away: his own customers still wait for him, for everybody else there are colleagues. */
export function reaches(kind: Kind, away: boolean): boolean {
  return !away || kind === 'line'
}

/** Whether a note in a row that changed calls this agent, which it did not before. */
export function mentions(before: Conversation | undefined, now: Conversation, me: string): boolean {
  return now.mentioned?.includes(me) === true && before?.mentioned?.includes(me) !== true
}

/** Whether a row that changed holds a new line of the visitor. */
export function spoke(before: Conversation | undefined, now: Conversation): boolean {
  return (
    now.last?.author.kind === 'visitor' && now.last.kind === 'message' && now.seq > (before?.seq ?? 0) && now.unread > 0
  )
}

/**
 * Of the rows that call this agent: those that have waited too long since the last look (times in ms, by the server's clock), and when the next one will have.
 * Who had waited so long before anybody looked is no news.
 */
export function overdue(
  rows: Iterable<Conversation>,
  me: string,
  looked: number,
  now: number,
): { due: Conversation[]; next: number | undefined } {
  const due: Conversation[] = []
  let next: number | undefined
  for (const row of rows) {
    const at = row.waiting_since && calls(row, me) ? Date.parse(row.waiting_since) + waitedLong : Number.NaN
    if (at > looked && at <= now) due.push(row)
    else if (at > now) next = Math.min(at, next ?? at)
  }
  return { due, next }
}
