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

  /** What it changes is there with its end, and not before. */
  transaction() {
    const changes: Array<() => void> = []
    const change = (f: () => void) => {
      changes.push(f)
      return { result: undefined }
    }
    const { lines } = this
    const store = {
      getAll: () => ({
        get result() {
          return [...lines.values()]
        },
      }),
      count: (key: string) => ({
        get result() {
          return lines.has(key) ? 1 : 0
        },
      }),
      put: (l: Line) => change(() => lines.set(l.key, l)),
      delete: (key: string) => change(() => lines.delete(key)),
    }
    const tx = { oncomplete: () => {}, commit: () => {}, objectStore: () => store }
    this.#soon(() => {
      for (const f of changes) f()
      tx.oncomplete()
    })
    return tx
  }
}
