// Removing with a way back: what is removed goes out of sight at once, and from the server when nobody has taken that back in time.
import { type Signal, signal } from '@preact/signals'

export interface Removal {
  /** Tells the thing among others. */
  key: string
  /** Removes it; late says that the page is on its way out. */
  send: (late: boolean) => Promise<void>
  /** It could not be removed, and is shown again. */
  failed: (err: unknown) => void
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
