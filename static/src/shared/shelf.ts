// Where the outbox keeps its lines: IndexedDB, and memory for whatever IndexedDB refuses (a private window, blocked
// third-party storage, a full disk).
import type { Line, LineFile } from './outbox'
import { isEmpty, jot, jotted, strike } from './slips'

export interface Shelf {
  /** Other tabs see the same lines. */
  readonly shared: boolean
  /** Rejects if the lines cannot be read: that is not the same as no lines. */
  all(owner: string): Promise<Line[]>
  /** False only if the line is surely not there. */
  has(key: string): Promise<boolean>
  put(line: Line): Promise<void>
  remove(key: string): Promise<void>
}

export class MemoryShelf implements Shelf {
  readonly shared: boolean = false
  protected readonly kept = new Map<string, Line>()

  async all(owner: string): Promise<Line[]> {
    return [...this.kept.values()].filter((l) => l.owner === owner)
  }

  async has(key: string): Promise<boolean> {
    return this.kept.has(key)
  }

  async put(line: Line): Promise<void> {
    this.kept.set(line.key, line)
  }

  async remove(key: string): Promise<void> {
    this.kept.delete(key)
  }
}

const store = 'lines'

/**
 * Lines in the database `dragoman`; a line that it refuses is kept in memory instead and nobody is troubled. Until the database has a line a slip of paper
 * has it, so that it outlives a page that goes at once.
 */
export class IdbShelf extends MemoryShelf {
  override readonly shared = true
  #db: Promise<IDBDatabase> | undefined

  #open(): Promise<IDBDatabase> {
    this.#db ??= new Promise((resolve, reject) => {
      const req = indexedDB.open('dragoman', 1)
      req.onupgradeneeded = () => req.result.createObjectStore(store, { keyPath: 'key' })
      req.onsuccess = () => {
        // Another tab with a newer version of us must not wait for this one.
        req.result.onversionchange = () => req.result.close()
        req.result.onclose = () => {
          this.#db = undefined
        }
        resolve(req.result)
      }
      req.onerror = () => reject(req.error)
    })
    return this.#db
  }

  async #run<T>(mode: IDBTransactionMode, f: (s: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const db = await this.#open()
    return new Promise((resolve, reject) => {
      const tx = db.transaction(store, mode)
      const req = f(tx.objectStore(store))
      // Not only when the page has heard of the request: by then it may be gone, and what is not committed goes with it.
      tx.commit()
      tx.oncomplete = () => resolve(req.result)
      tx.onabort = () => reject(tx.error)
      tx.onerror = () => reject(tx.error)
    })
  }

  override async all(owner: string): Promise<Line[]> {
    // First the slips: one that is struck out meanwhile is of a line that the database has by then.
    const slips = jotted()
    const lines = (await this.#run('readonly', (s) => s.getAll())) as Line[]
    const files = new Map(lines.flatMap((l) => l.files ?? []).map((f) => [f.key, f]))
    const found = [...slips, ...this.kept.values()].map((l) => filled(l, files))
    const newest = new Map([...lines, ...found].map((l) => [l.key, l]))
    // A file of a line that stands on a slip lies beside no box any more, although the database does not know it yet.
    const gone = new Set(slips.flatMap((l) => l.files ?? []).map((f) => f.key))
    const own = [...newest.values()].filter((l) => l.owner === owner && !gone.has(l.key))
    // What was still lying beside the box goes with its line from here on.
    for (const line of own) if (line.files && slips.some((s) => s.key === line.key)) void this.put(line)
    return own
  }

  override async has(key: string): Promise<boolean> {
    if (this.kept.has(key) || jotted(key).length > 0) return true
    try {
      return (await this.#run('readonly', (s) => s.count(key))) > 0
    } catch {
      // Nobody knows. Sent once too often is harmless, since the key is the same; forgotten is not.
      return true
    }
  }

  override async put(line: Line): Promise<void> {
    const slip = jot(line)
    const lay = (line.files ?? []).filter((f) => !isEmpty(f) && f.key !== line.key)
    try {
      await this.#run('readwrite', (s) => {
        // In one go with the line: files lie beside the box or belong to it, and never are nowhere.
        for (const { key } of lay) s.delete(key)
        return s.put(line)
      })
      this.kept.delete(line.key)
      strike(line.key, slip)
    } catch {
      await super.put(line)
      for (const { key } of lay) await this.remove(key)
    }
  }

  override async remove(key: string): Promise<void> {
    strike(key)
    await super.remove(key)
    try {
      await this.#run('readwrite', (s) => s.delete(key))
    } catch {
      // It was never there, or it will be sent once more with its key and answered as known.
    }
  }
}

/** The line with what is in its files, as far as it is there. */
function filled(line: Line, files: ReadonlyMap<string, LineFile>): Line {
  if (!line.files?.some(isEmpty)) return line
  return { ...line, files: line.files.map((f) => (isEmpty(f) ? { ...f, blob: files.get(f.key)?.blob ?? f.blob } : f)) }
}

/** The best shelf that this browser gives. */
export function openShelf(): Shelf {
  try {
    return typeof indexedDB === 'object' && indexedDB ? new IdbShelf() : new MemoryShelf()
  } catch {
    // The mere access throws where storage is blocked.
    return new MemoryShelf()
  }
}
