// What was typed in the dialogs of a page and not saved: closing one loses nothing, its button "Cancel" does.

/** Something typed, and what it was made from; nothing if there was nothing yet. */
export interface Typed<T, Of> {
  typed: T
  of: Of | undefined
}

export class Unsaved<T, Of> {
  private readonly all = new Map<string, Typed<T, Of>>()

  get(key: string): Typed<T, Of> | undefined {
    return this.all.get(key)
  }

  keep(key: string, typed: T, of: Of | undefined): void {
    this.all.set(key, { typed, of })
  }

  /** What it belongs to is called otherwise now. */
  move(from: string, to: string): void {
    const kept = this.all.get(from)
    this.all.delete(from)
    if (kept) this.all.set(to, kept)
  }

  drop(...keys: string[]): void {
    for (const key of keys) this.all.delete(key)
  }
}

/** Whether something else stands there now than what was typed over: a person has to see both. */
export function overtaken<T>(mine: Typed<T, { at: string }> | undefined, now: { at: string } | undefined): boolean {
  return mine !== undefined && mine.of?.at !== now?.at
}
