// Removing with a way back: what is removed goes out of sight at once, and from the server when nobody has taken that back in time.
import { type Signal, signal } from '@preact/signals'
import { Refused } from './rest'

export interface Removal {
  /** Tells the thing among others. */
  key: string
  /** Removes it, if it still is what was read; late says that the page is on its way out. */
  send: (late: boolean) => Promise<void>
  /** It could not be removed, and is shown again. */
  failed: (err: unknown) => void
}

/** A thing that says when it was written, or whose texts do. */
export type Written = { at: string } | { texts: readonly { at: string }[] }

/** What a page removes, and how. */
export interface Removing<T> {
  key: (one: T) => string
  /** Asks the server to remove it, if it is what was read. */
  ask: (one: T, late: boolean) => Promise<void>
  /** It is not there any more. */
  gone: (one: T) => void
  /** Asks for what stands there now; nothing if it is not there. */
  now: (one: T) => Promise<T | undefined>
}

/** Something that is another one by now than when its removal was wanted. */
export interface Overtaken<T> {
  was: T
  now: T
}

/** The removal of one thing as it was read. What somebody else has removed is gone as well; what he has changed stays until a person has seen that. */
export function removalOf<T extends Written>(
  { key, ask, gone, now }: Removing<T>,
  one: T,
  overtaken: (both: Overtaken<T>) => void,
  failed: Removal['failed'],
): Removal {
  const changed = async (err: unknown) => {
    const there = await now(one)
    if (!there) gone(one)
    else if (writtenAt(there) === writtenAt(one)) failed(err)
    else overtaken({ was: one, now: there })
  }
  return {
    key: key(one),
    send: async (late) => {
      try {
        await ask(one, late)
      } catch (err) {
        if (!(err instanceof Refused) || err.code !== 'not_found') throw err
      }
      gone(one)
    },
    failed: (err) => {
      if (err instanceof Refused && err.code === 'changed') changed(err).catch(failed)
      else failed(err)
    },
  }
}

/** When a thing was written, and of what has several texts when the last of them was: by that a removal says what it is for. */
export function writtenAt(one: Written): string {
  return 'at' in one ? one.at : one.texts.reduce((latest, { at }) => (at > latest ? at : latest), '')
}

export class Removals {
  /** Keys of what is out of sight and not removed yet. */
  readonly hidden: Signal<ReadonlySet<string>> = signal(new Set())
  private readonly waiting = new Map<string, { removal: Removal; timer: ReturnType<typeof setTimeout> }>()
  private readonly going = new Map<string, Promise<void>>()

  /** after is how long there is a way back, in ms. */
  constructor(private readonly after: number) {}

  /** Returns how to take it back; that tells whether it came in time. */
  remove(removal: Removal): () => boolean {
    const { key } = removal
    this.waiting.set(key, { removal, timer: setTimeout(() => void this.send(key, false), this.after) })
    this.hidden.value = new Set([...this.hidden.peek(), key])
    return () => {
      const waits = this.waiting.get(key)
      if (!waits) return false
      clearTimeout(waits.timer)
      this.waiting.delete(key)
      this.show(key)
      return true
    }
  }

  /** Removes one thing now, if it waits, and returns when it is gone: something else is about to stand in its place. */
  async now(key: string): Promise<void> {
    await (this.going.get(key) ?? this.send(key, false))
  }

  /** Removes what is still waiting, now. */
  async flush(late: boolean): Promise<void> {
    await Promise.all([...this.waiting.keys()].map((key) => this.send(key, late)))
  }

  private async send(key: string, late: boolean): Promise<void> {
    const waits = this.waiting.get(key)
    if (!waits) return
    clearTimeout(waits.timer)
    this.waiting.delete(key)
    const sent = waits.removal.send(late).catch((err) => waits.removal.failed(err))
    this.going.set(key, sent)
    await sent
    this.going.delete(key)
    this.show(key)
  }

  private show(key: string): void {
    const hidden = new Set(this.hidden.peek())
    hidden.delete(key)
    this.hidden.value = hidden
  }
}
