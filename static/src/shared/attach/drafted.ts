// Files of boxes that were not sent yet, on the shelf of the outbox: each is a line of an owner for whom nobody sends.
import type { LineFile } from '../outbox'
import type { Shelf } from '../shelf'
import type { TrayKeep } from './tray'

export class Drafted {
  readonly #owner: string
  /** Of each file: it stays where it is when it changes. */
  readonly #orders = new Map<string, number>()
  #last = 0

  constructor(
    owner: string,
    private readonly shelf: Shelf,
  ) {
    this.#owner = `draft.${owner}`
  }

  /** Those of one conversation; of a visitor's next line it is empty. changed is told whether something may lie there. */
  of(conversation: string, changed?: (any: boolean) => void): TrayKeep {
    const keys = new Set<string>()
    const tell = (key: string, there: boolean) => {
      if (there) keys.add(key)
      else keys.delete(key)
      changed?.(keys.size > 0)
    }
    return {
      load: async () => {
        const lines = (await this.shelf.all(this.#owner)).filter((l) => l.conversation === conversation)
        const files = lines.sort((a, b) => a.order - b.order).flatMap((l) => l.files ?? [])
        for (const f of files) keys.add(f.key)
        for (const l of lines) this.#orders.set(l.key, l.order)
        changed?.(keys.size > 0)
        return files
      },
      put: (file) => {
        tell(file.key, true)
        void this.#put(conversation, file)
      },
      remove: (key) => {
        tell(key, false)
        void this.shelf.remove(key)
      },
      sent: (key) => {
        tell(key, false)
        if (!this.shelf.shared) void this.shelf.remove(key)
      },
    }
  }

  #put(conversation: string, file: LineFile): Promise<void> {
    const now = Date.now()
    const order = this.#orders.get(file.key) ?? Math.max(now, this.#last + 1)
    this.#last = Math.max(this.#last, order)
    this.#orders.set(file.key, order)
    return this.shelf.put({
      key: file.key,
      owner: this.#owner,
      order,
      conversation,
      text: '',
      files: [file],
      at: new Date(now).toISOString(),
      state: 'queued',
      tries: 0,
    })
  }
}
