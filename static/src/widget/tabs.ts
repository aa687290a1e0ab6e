// The other tabs of this browser in which the same site's widget runs. They agree by word over a channel: what must happen once, such as a sound,
// happens in one of them, and who signs out in one is signed out in all. Without a channel each tab is alone.

type Word =
  | { type: 'claim'; id: string; rank: number }
  /** The tab that sent this does it, whatever others think. */
  | { type: 'mine'; id: string }
  | { type: 'reset' }

/** How long a word of another tab may take, in ms. */
const hearing = 300
/** So many claims are remembered: a line reaches all tabs within moments. */
const remembered = 64

export interface TabsOptions {
  channel?: BroadcastChannel | undefined
  /** Resolves after this many milliseconds. */
  wait?(ms: number): Promise<void>
  random?(): number
}

export class Tabs {
  /** The visitor was forgotten in another tab. */
  onReset: (() => void) | undefined

  readonly #channel: BroadcastChannel | undefined
  readonly #wait: (ms: number) => Promise<void>
  readonly #random: () => number
  /** What other tabs have claimed, with the lowest rank; -1 once it is settled. */
  readonly #heard = new Map<string, number>()

  constructor(site: string, options: TabsOptions = {}) {
    this.#channel = 'channel' in options ? options.channel : open(`dragoman.tabs.${site}`)
    this.#wait = options.wait ?? ((ms) => new Promise((r) => setTimeout(r, ms)))
    this.#random = options.random ?? Math.random
    if (this.#channel) this.#channel.onmessage = (e) => this.#hear(e.data as Word)
  }

  /**
   * Whether this tab is the one that does it. All tabs that could are expected to ask at about the same time; one whose visitor sees what it is about
   * (`seen`) goes before the others.
   */
  async claim(id: string, seen: boolean): Promise<boolean> {
    if (!this.#channel) return true
    const rank = seen ? 0 : 1 + this.#random()
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

  close(): void {
    this.#channel?.close()
  }

  #say(word: Word): void {
    this.#channel?.postMessage(word)
  }

  #hear(word: Word): void {
    if (word.type === 'reset') this.onReset?.()
    else this.#note(word.id, word.type === 'mine' ? -1 : word.rank)
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
