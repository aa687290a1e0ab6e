// What somebody looks for, and what was found: asked for while he types, the latest wish alone.
import { batch, computed, type Signal, signal } from '@preact/signals'
import type { Search, SearchFilter, SearchHit, SearchOK } from '../../shared/wire.gen'

/** How long nobody must have typed, in ms, before it is looked for. */
const patience = 250
/** How many pages without a hit are passed over by themselves: the server looks through so much at a time. */
const emptyPages = 5

/** nothing: nothing is looked for. */
export type Finding = 'nothing' | 'looking' | 'ready' | 'failed'

export class Finder {
  readonly text = signal('')
  readonly filter: Signal<SearchFilter> = signal({})
  /** The days that the filter's moments were made of, as a calendar writes them; empty: none. */
  readonly days: Signal<{ first: string; last: string }> = signal({ first: '', last: '' })
  readonly hits: Signal<readonly SearchHit[]> = signal([])
  readonly state: Signal<Finding> = signal('nothing')
  /** What went wrong. */
  readonly fault: Signal<unknown> = signal(undefined)
  /** The hits answer to an earlier wish. */
  readonly stale: Signal<boolean> = signal(false)
  readonly more = computed(() => this.#next.value !== undefined)
  readonly #next: Signal<string | undefined> = signal(undefined)
  #asked = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly call: (fields: Search) => Promise<SearchOK>) {}

  type(text: string): void {
    this.text.value = text
    this.stale.value = true
    clearTimeout(this.#timer)
    if (text.trim() === '') this.#nothing()
    else this.#timer = setTimeout(() => void this.look(), patience)
  }

  narrow(filter: SearchFilter): void {
    this.filter.value = filter
    this.stale.value = true
    if (this.text.peek().trim() !== '') void this.look()
  }

  /** Looks from the beginning. */
  async look(): Promise<void> {
    clearTimeout(this.#timer)
    if (this.text.peek().trim() === '') return
    await this.#ask(undefined)
  }

  /** The next hits. */
  async further(): Promise<void> {
    const next = this.#next.peek()
    if (next !== undefined && this.state.peek() !== 'looking') await this.#ask(next)
  }

  #nothing(): void {
    this.#asked++
    batch(() => {
      this.hits.value = []
      this.stale.value = false
      this.#next.value = undefined
      this.state.value = 'nothing'
    })
  }

  async #ask(after: string | undefined): Promise<void> {
    const asked = ++this.#asked
    this.state.value = 'looking'
    try {
      let page: SearchOK
      let place = after
      let empty = 0
      do {
        page = await this.call({ text: this.text.peek(), filter: this.filter.peek(), ...(place && { after: place }) })
        if (asked !== this.#asked) return
        place = page.next
      } while (page.hits.length === 0 && place && ++empty < emptyPages)
      batch(() => {
        this.hits.value = after ? [...this.hits.peek(), ...page.hits] : page.hits
        this.stale.value = false
        this.#next.value = page.next
        this.state.value = 'ready'
      })
    } catch (err) {
      if (asked !== this.#asked) return
      batch(() => {
        if (!after) this.hits.value = []
        this.stale.value = false
        this.fault.value = err
        this.state.value = 'failed'
      })
    }
  }
}
