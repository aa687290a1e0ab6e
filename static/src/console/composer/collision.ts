// Whether a colleague has answered while one wrote: asked once at Send, so that a customer does not get two answers.
import type { Message } from '../../shared/wire.gen'

export interface Collision {
  /** The line of the colleague's that one has not seen when one began: its seq, whose it is and when it was said, in ms. */
  seq: number
  name: string
  at: number
}

/** The seq of the newest line: what was there when one began to write. */
export function newest(lines: readonly Message[]): number {
  return lines.reduce((max, m) => Math.max(max, m.seq), 0)
}

/**
 * The newest line that somebody else than the customer and oneself has said since one began. Notes and system lines answer nobody. `since` is the
 * seq up to which one knew the conversation; undefined if nobody has noted it.
 */
export function collision(lines: readonly Message[], me: string, since: number | undefined): Collision | undefined {
  if (since === undefined) return undefined
  let found: Message | undefined
  for (const m of lines) {
    if (m.seq <= since || m.kind !== 'message' || m.author.kind === 'visitor' || m.author.id === me) continue
    if (!found || m.seq > found.seq) found = m
  }
  return found && { seq: found.seq, name: found.author.name, at: Date.parse(found.at) }
}
