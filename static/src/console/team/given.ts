// What a colleague has put upon somebody: told as a line of a visitor's is. Pure.
import type { Conversation } from '../../shared/wire.gen'

export interface Given {
  row: Conversation
  /** given: it is his now; added: he reads along. */
  how: 'given' | 'added'
}

/** Which of the rows that came are news of that kind. `own` are conversations that he took himself; they are forgotten once they are his. */
export function givenTo(
  before: ReadonlyMap<string, Conversation>,
  rows: readonly Conversation[],
  me: string,
  own: Set<string>,
): Given[] {
  const found: Given[] = []
  for (const row of rows) {
    const old = before.get(row.id)
    const mine = row.assignee === me
    if ((!mine && !row.invited?.includes(me)) || own.delete(row.id)) continue
    if ((old?.head ?? 0) >= row.head || row.state === 'resolved') continue
    if (!old && !fresh(row)) continue
    const given = mine && old?.assignee !== me
    if (!given && (mine || old?.invited?.includes(me))) continue
    found.push({ row, how: given ? 'given' : 'added' })
  }
  return found
}

/** Whether a row that was not known can be news of that kind: it may have been his for long, and come because its customer writes, or while it sleeps. */
function fresh({ state, last, seq }: Conversation): boolean {
  return state !== 'snoozed' && (!last || last.kind === 'note' || last.seq < seq)
}
