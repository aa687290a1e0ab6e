// What a page shows of a site: asked for when the page opens, again when the connection comes back, and told as loading, there, or failed.
import { effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { why } from './rest'

export type Standing = 'loading' | 'ready' | 'failed'

export class Shelf<T> {
  readonly items: Signal<readonly T[]> = signal([])
  readonly standing: Signal<Standing> = signal('loading')
  /** Why it failed, in words. */
  readonly fault: Signal<string> = signal('')
  private asked = 0

  constructor(private readonly fetchAll: () => Promise<readonly T[]>) {}

  /** Asks for everything anew. What is shown stays until the answer has come. */
  async load(): Promise<void> {
    const asked = ++this.asked
    if (this.standing.peek() === 'failed') this.standing.value = 'loading'
    try {
      const items = await this.fetchAll()
      if (asked !== this.asked) return
      this.items.value = items
      this.standing.value = 'ready'
    } catch (err) {
      if (asked !== this.asked) return
      this.fault.value = why(err)
      // What is there already is worth more than a sentence about why it is not newer.
      if (this.standing.peek() !== 'ready') this.standing.value = 'failed'
    }
  }

  /** Asks for everything anew, and returns the one that `same` finds then. */
  async reread(same: (item: T) => boolean): Promise<T | undefined> {
    await this.load()
    return this.items.peek().find(same)
  }

  /** Puts an item in the place of the one that `same` finds, or at the end. An answer that is still under way would bring the older one back, so it is not waited for. */
  put(item: T, same: (other: T) => boolean): void {
    this.asked++
    const items = this.items.peek()
    const at = items.findIndex(same)
    this.items.value = at < 0 ? [...items, item] : items.with(at, item)
    this.standing.value = 'ready'
  }

  take(same: (other: T) => boolean): void {
    this.asked++
    this.items.value = this.items.peek().filter((i) => !same(i))
  }

  /** Loads at once, whenever the connection is back, and when somebody comes back to the page. Returns how to stop. */
  keep(online: ReadonlySignal<boolean>): () => void {
    const stop = effect(() => {
      if (online.value) void this.load()
    })
    const seen = () => document.visibilityState === 'visible' && void this.load()
    document.addEventListener('visibilitychange', seen)
    return () => {
      stop()
      document.removeEventListener('visibilitychange', seen)
    }
  }
}
