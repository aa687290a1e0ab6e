// What the loader remembers in the shop's own storage, and only after the visitor has acted: that there is a conversation, that the bubble was seen to,
// and the token where the browser lets the frame store nothing.

export interface Memory {
  live?: boolean
  token?: string
  /** The launcher says nothing unasked any more: its bubble was dismissed, or the chat was opened. */
  quiet?: boolean
}

export interface Notebook {
  /** What holds in this tab. */
  read(): Memory
  /** tab: it goes with the tab, as what it is about does. */
  write(change: Memory, tab?: boolean): void
}

export function notebookOf(key: string): Notebook {
  const name = `dragoman.${key}`
  const noted = (storage: Storage) => JSON.parse(storage.getItem(name) ?? '{}') as Memory
  return {
    read() {
      try {
        return { ...noted(localStorage), ...noted(sessionStorage) }
      } catch {
        return {}
      }
    },
    write(change, tab) {
      try {
        const storage = tab ? sessionStorage : localStorage
        const next = { ...noted(storage), ...change }
        if (next.live || next.token || next.quiet) storage.setItem(name, JSON.stringify(next))
        else storage.removeItem(name)
      } catch {
        // Storage is refused here too: the conversation lasts as long as the page.
      }
    },
  }
}
