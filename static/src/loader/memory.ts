// What the loader remembers in the shop's own storage, and only after the visitor has acted: that there is a conversation, that the bubble was seen to,
// and the token where the browser lets the frame store nothing.

export interface Memory {
  live?: boolean
  token?: string
  /** The launcher says nothing unasked any more: its bubble was dismissed, or the chat was opened. */
  quiet?: boolean
}

export class Notebook {
  readonly #name: string

  constructor(key: string) {
    this.#name = `dragoman.${key}`
  }

  read(): Memory {
    try {
      return JSON.parse(localStorage.getItem(this.#name) ?? '{}') as Memory
    } catch {
      return {}
    }
  }

  write(change: Memory): void {
    try {
      const next = { ...this.read(), ...change }
      if (next.live || next.token || next.quiet) localStorage.setItem(this.#name, JSON.stringify(next))
      else localStorage.removeItem(this.#name)
    } catch {
      // Storage is refused here too: the conversation lasts as long as the page.
    }
  }
}
