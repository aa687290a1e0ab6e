// What comes after a line was sent, and after a chat has ended: how far it has come, since when one waits, whether one is asked how it was. Pure.
import type { Room } from '../shared/rooms'
import { keptOf } from './thread'

/** How far a stored line of ours has come. */
export type Progress = 'sent' | 'delivered' | 'read'

export interface LastOwn {
  id: string
  state: Progress
}

/**
 * The last line of ours that the server has, and how far it has come: only that one shows its state. kept is what an earlier page was told of deliveries,
 * as `delivery` writes it.
 */
export function lastOwn(rooms: readonly Room[], me: string, kept = ''): LastOwn | undefined {
  const sorted = [...rooms].sort((a, b) => (a.id < b.id ? 1 : -1))
  for (const room of sorted) {
    for (let i = room.messages.length - 1; i >= 0; i--) {
      const m = room.messages[i]!
      if (m.kind !== 'message' || m.author.id !== me) continue
      const read = (room.row?.read.agents ?? 0) >= m.seq
      const state = read ? 'read' : Math.max(room.delivered, keptOf(kept, room.id)) >= m.seq ? 'delivered' : 'sent'
      return { id: m.key ?? m.id, state }
    }
  }
  return undefined
}

/** Since when the visitor waits for an answer, as on the wire: the first line of hers after the last of anybody else's, in a chat that goes on. */
export function waitingSince(room: Room | undefined, me: string): string | undefined {
  if (!room || room.row?.state === 'resolved') return undefined
  let since: string | undefined
  for (const m of room.messages) {
    if (m.kind !== 'message' || m.erased) continue
    if (m.author.id !== me) since = undefined
    else since ??= m.at
  }
  return since
}

/** Whether the visitor may say how the chat was: it is over, somebody has answered, and nothing was written since she last said so. */
export function rateable(room: Room | undefined, me: string): boolean {
  if (room?.row?.state !== 'resolved') return false
  const lines = room.messages.filter((m) => m.kind === 'message')
  const rated = room.row.rating?.at
  return lines.some((m) => m.author.id !== me) && !(rated && lines.some((m) => m.at > rated))
}
