// Who is there to answer. The session said once whether somebody is; who is heard of later corrects it.
import type { EventFrame, Participant } from '../shared/wire.gen'

export class Online {
  /** Agents and bots that are online as far as we were told. */
  #there = new Set<string>()

  clear(): void {
    this.#there.clear()
  }

  /** Whether somebody is there, if the frame says anything of it. */
  heard(frame: EventFrame): boolean | undefined {
    if (frame.event === 'presence') return this.#seen([frame.participant])
    // A line's author may have gone since it was written, so only his being there counts; as of one who types.
    const author = frame.event === 'message' ? frame.message.author : frame.event === 'typing' && frame.participant
    if (author) return author.online ? this.#seen([author]) : undefined
    if (frame.event === 'conversation' || frame.event === 'rows') return this.#seen(frame.row?.participants ?? [])
    return undefined
  }

  #seen(people: readonly Participant[]): boolean | undefined {
    const known = this.#there.size
    for (const p of people) {
      if (p.kind === 'visitor') continue
      if (p.online) this.#there.add(p.id)
      else this.#there.delete(p.id)
    }
    if (this.#there.size > 0) return true
    return known > 0 ? false : undefined
  }
}
