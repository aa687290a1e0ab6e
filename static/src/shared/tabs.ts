// The other tabs of this browser in which the same page runs: a site's widget, or the console. They agree by word over a channel: what must happen once, such as a
// sound, happens in one of them, and who signs out in one is signed out in all. Without a channel each tab is alone.

type Word =
  | { type: 'claim'; id: string; rank: number }
  /** The tab that sent this does it, whatever others think. */
  | { type: 'mine'; id: string }
  | { type: 'reset' }
  | { type: 'language'; language: string }

/** How long a word of another tab may take, in ms. */
const hearing = 300
/** So many claims are remembered: a line reaches all tabs within moments. */
const remembered = 64

export interface TabsOptions {
  channel?: BroadcastChannel | undefined
  /** With these one of the tabs leads for as long as it lives, and goes before the others. Left out: chance decides, each time anew. */
  locks?: LockManager | undefined
  /** Resolves after this many milliseconds. */
  wait?(ms: number): Promise<void>
  random?(): number
}

export class Tabs {
  /** The visitor was forgotten in another tab. */
  onReset: (() => void) | undefined
  /** The visitor has chosen a language in another tab. */
  onLanguage: ((language: string) => void) | undefined
  /** Whether what another tab claims is in front of somebody here: then no tab does it. */
  sees: ((id: string) => boolean) | undefined

  readonly #channel: BroadcastChannel | undefined
  readonly #wait: (ms: number) => Promise<void>
  readonly #random: () => number
  /** What other tabs have claimed, with the lowest rank; -1 once it is settled. */
  readonly #heard = new Map<string, number>()
  #leads = false
  #resign: (() => void) | undefined

  /** The tabs of one name belong together. */
  constructor(name: string, options: TabsOptions = {}) {
    this.#channel = 'channel' in options ? options.channel : open(name)
    this.#wait = options.wait ?? ((ms) => new Promise((r) => setTimeout(r, ms)))
    this.#random = options.random ?? Math.random
    if (this.#channel) this.#channel.onmessage = (e) => this.#hear(e.data as Word)
    if (options.locks) void this.#lead(options.locks, name)
  }

  /**
   * Whether this tab is the one that does it. All tabs that could are expected to ask at about the same time; one whose visitor sees what it is about
   * (`seen`) goes before the others. `place`, from 1, orders the others by how well they can do it; within one place the leading tab goes first.
   */
  async claim(id: string, seen: boolean, place = 1): Promise<boolean> {
    if (!this.#channel) return true
    const rank = seen ? 0 : place + (this.#leads ? -0.5 : this.#random())
    const before = this.#heard.get(id)
    // Somebody was there before, and is not to give way.
    if (before !== undefined && (!seen || before <= rank)) return false
    this.#say({ type: 'claim', id, rank })
    await this.#wait(hearing)
    const other = this.#heard.get(id)
    if (other !== undefined && other <= rank) return false
    this.#note(id, -1)
    this.#say({ type: 'mine', id })
    return true
  }

  /** Tells the others that the visitor is forgotten. */
  reset(): void {
    this.#say({ type: 'reset' })
  }

  /** Tells the others which language the visitor has chosen. */
  language(language: string): void {
    this.#say({ type: 'language', language })
  }

  close(): void {
    this.#channel?.close()
    this.#leads = false
    this.#resign?.()
  }

  /** Waits until no other tab leads. The lock goes back by itself when the tab is closed, or crashes. */
  async #lead(locks: LockManager, name: string): Promise<void> {
    const until = new Promise<void>((resign) => {
      this.#resign = resign
    })
    try {
      await locks.request(name, () => {
        this.#leads = true
        return until
      })
    } catch {
      // Refused, as storage may be: chance decides.
    }
  }

  #say(word: Word): void {
    this.#channel?.postMessage(word)
  }

  #hear(word: Word): void {
    if (word.type === 'reset') {
      this.onReset?.()
      return
    }
    if (word.type === 'language') {
      this.onLanguage?.(word.language)
      return
    }
    const here = word.type === 'claim' && this.sees?.(word.id) === true
    this.#note(word.id, here || word.type === 'mine' ? -1 : word.rank)
    if (here) this.#say({ type: 'mine', id: word.id })
  }

  #note(id: string, rank: number): void {
    this.#heard.set(id, Math.min(rank, this.#heard.get(id) ?? Number.POSITIVE_INFINITY))
    for (const oldest of this.#heard.keys()) {
      if (this.#heard.size <= remembered) break
      this.#heard.delete(oldest)
    }
  }
}

/** A browser that blocks storage of other sites may refuse the channel too. */
function open(name: string): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel(name)
  } catch {
    return undefined
  }
}
