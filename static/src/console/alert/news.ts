import type { Conversation } from '../../shared/wire.gen'

/** Whom a line calls: the agent whose conversation it is, and everybody while it is nobody's. */
export function calls(row: Conversation, me: string): boolean {
  return row.state === 'open' && (!row.assignee || row.assignee === me)
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
