// What a browser keeps beyond a page, for tests.
import type { Line } from './outbox'

/** The database of a browser: what has been committed, which no page takes with it. Asleep it answers nothing, until the test lets it. */
export class Disk {
  readonly lines = new Map<string, Line>()
  awake = true
  readonly waiting: Array<() => void> = []

  constructor() {
    Object.defineProperty(globalThis, 'indexedDB', {
      value: { open: () => this.#answer({ result: this }) },
      configurable: true,
    })
  }

  #answer<T extends object>(req: T): T & { onsuccess(): void } {
    const asked = { ...req, onsuccess: () => {} }
    this.#soon(() => asked.onsuccess())
    return asked
  }

  #soon(f: () => void): void {
    if (this.awake) queueMicrotask(f)
    else this.waiting.push(f)
  }

  transaction() {
    const tx = { oncomplete: () => {}, commit: () => {}, objectStore: () => this.#store }
    this.#soon(() => tx.oncomplete())
    return tx
  }

  readonly #store = {
    getAll: () => ({ result: [...this.lines.values()] }),
    count: (key: string) => ({ result: this.lines.has(key) ? 1 : 0 }),
    put: (l: Line) => ({ result: this.lines.set(l.key, l) }),
    delete: (key: string) => ({ result: this.lines.delete(key) }),
  }
}
