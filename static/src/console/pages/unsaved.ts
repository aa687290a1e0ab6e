// What was typed in the dialogs of a page and not saved: closing one loses nothing, its button "Cancel" does.

export class Unsaved<T> {
  private readonly all = new Map<string, { typed: T; of: string }>()

  /** What was typed under a key, if what it was made from is as it was: what a colleague has made of it since is not overwritten unseen. */
  get(key: string, of: T | undefined): T | undefined {
    const kept = this.all.get(key)
    if (kept && kept.of !== print(of)) this.all.delete(key)
    return this.all.get(key)?.typed
  }

  keep(key: string, typed: T, of: T | undefined): void {
    this.all.set(key, { typed, of: print(of) })
  }

  drop(...keys: string[]): void {
    for (const key of keys) this.all.delete(key)
  }
}

/** Two are the same if they print the same; undefined is like nothing else. */
function print(of: unknown): string {
  return JSON.stringify(of) ?? ''
}
