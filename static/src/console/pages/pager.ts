// A list that the server gives in pages: the first one for each search, the next when its end comes into sight.
import { type Signal, signal } from '@preact/signals'
import { why } from './rest'
import type { Standing } from './shelf'

export interface Page<T> {
  items: readonly T[]
  /** Where the next page begins; undefined on the last one. */
  next: string | undefined
}

export class Pager<T, Q> {
  readonly items: Signal<readonly T[]> = signal([])
  readonly standing: Signal<Standing> = signal('loading')
  readonly fault: Signal<string> = signal('')
  /** There are more on the server. */
  readonly more: Signal<boolean> = signal(false)
  private query: Q | undefined
  private next: string | undefined
  private asked = 0
  private busy = false
  /** What is here was asked for again and did not come. */
  private stale = false
  /** What has been dropped since a page was asked for, which may have it still. */
  private dropped: Array<(item: T) => boolean> = []

  constructor(private readonly fetchPage: (query: Q, after: string | undefined) => Promise<Page<T>>) {}

  /**
   * Begins afresh with what is looked for. An answer to an earlier question is not shown. The same once more, as after a connection that was away, asks for as
   * much as is here: what is shown stays, and so does the place of who reads it.
   */
  async find(query: Q): Promise<void> {
    if (query === this.query && this.standing.peek() === 'ready') return this.refresh(query)
    this.query = query
    this.stale = false
    const asked = this.ask()
    try {
      const page = await this.fetchPage(query, undefined)
      if (asked !== this.asked) return
      this.take([], page)
      this.standing.value = 'ready'
    } catch (err) {
      if (asked !== this.asked) return
      this.failed(err)
      this.standing.value = 'failed'
    }
  }

  /** The next page, if there is one and nobody fetches it already. After a failure what failed waits for the next call. */
  async further(): Promise<void> {
    if (this.busy || this.query === undefined) return
    if (this.stale) return this.refresh(this.query)
    if (!this.more.peek()) return
    const asked = this.ask()
    try {
      const page = await this.fetchPage(this.query, this.next)
      if (asked === this.asked) this.take(this.items.peek(), page)
    } catch (err) {
      if (asked === this.asked) this.failed(err)
    }
  }

  private async refresh(query: Q): Promise<void> {
    const asked = this.ask()
    const page: { items: T[]; next: string | undefined } = { items: [], next: undefined }
    try {
      do {
        const { items, next } = await this.fetchPage(query, page.next)
        if (asked !== this.asked) return
        page.items.push(...items)
        page.next = next
      } while (page.next !== undefined && page.items.length < this.items.peek().length)
      this.stale = false
      this.take([], page)
    } catch (err) {
      if (asked !== this.asked) return
      this.stale = true
      this.failed(err)
    }
  }

  /** Takes out what is not there any more. */
  drop(gone: (item: T) => boolean): void {
    this.dropped.push(gone)
    this.items.value = this.items.peek().filter((item) => !gone(item))
  }

  private ask(): number {
    this.busy = true
    this.dropped = []
    return ++this.asked
  }

  private take(before: readonly T[], page: Page<T>): void {
    this.busy = false
    this.fault.value = ''
    this.next = page.next
    this.items.value = [...before, ...page.items.filter((item) => !this.dropped.some((gone) => gone(item)))]
    this.more.value = page.next !== undefined
  }

  private failed(err: unknown): void {
    this.busy = false
    this.fault.value = why(err)
  }
}
