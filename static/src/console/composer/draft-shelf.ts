// Drafts in IndexedDB: unlike localStorage it has them when the browser is killed.
import { type DraftShelf, type KeptDraft, succeeding } from './drafts'

const store = 'drafts'

/** That a box was emptied is remembered so long, in ms: a tab that had its text must learn of it. */
const remembered = 24 * 3_600_000

export class IdbDrafts implements DraftShelf {
  #db: Promise<IDBDatabase> | undefined

  #open(): Promise<IDBDatabase> {
    this.#db ??= new Promise((resolve, reject) => {
      const req = indexedDB.open('dragoman.console', 1)
      req.onupgradeneeded = () => req.result.createObjectStore(store, { keyPath: ['agent', 'conversation'] })
      req.onsuccess = () => {
        // Another tab with a newer version of us must not wait for this one.
        const gone = () => {
          this.#db = undefined
        }
        req.result.onversionchange = () => {
          req.result.close()
          gone()
        }
        req.result.onclose = gone
        resolve(req.result)
      }
      req.onerror = () => reject(req.error)
    })
    return this.#db
  }

  async all(agent: string): Promise<KeptDraft[]> {
    const tx = (await this.#open()).transaction(store, 'readwrite')
    const drafts = tx.objectStore(store)
    let found: KeptDraft[] = []
    const req = drafts.getAll(IDBKeyRange.bound([agent], [agent, []]))
    req.onsuccess = () => {
      found = req.result as KeptDraft[]
      for (const { at, draft, conversation } of found)
        if (!draft.text && !draft.aside && !draft.other?.text && at < Date.now() - remembered)
          drafts.delete([agent, conversation])
    }
    await done(tx)
    return found
  }

  async put(kept: KeptDraft): Promise<KeptDraft | undefined> {
    // On the disk, not only with the system: what is typed is not typed twice.
    const tx = (await this.#open()).transaction(store, 'readwrite', { durability: 'strict' })
    const drafts = tx.objectStore(store)
    const there = drafts.get([kept.agent, kept.conversation])
    let refused: KeptDraft | undefined
    there.onsuccess = () => {
      const other = there.result as KeptDraft | undefined
      const next = succeeding(kept, other)
      if (next) drafts.put(next)
      else refused = other
    }
    await done(tx)
    return refused
  }
}

function done(tx: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    tx.oncomplete = () => resolve()
    tx.onabort = () => reject(tx.error)
    tx.onerror = () => reject(tx.error)
  })
}

/** For a browser that keeps nothing: drafts outlive a change of conversation, and no more. */
export class NoDrafts implements DraftShelf {
  async all(): Promise<KeptDraft[]> {
    return []
  }

  async put(): Promise<undefined> {
    return undefined
  }
}

/** The best shelf that this browser gives. */
export function openDrafts(): DraftShelf {
  try {
    return typeof indexedDB === 'object' && indexedDB ? new IdbDrafts() : new NoDrafts()
  } catch {
    // The mere access throws where storage is blocked.
    return new NoDrafts()
  }
}
