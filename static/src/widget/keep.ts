// What the frame remembers between pages: the token, whether it is a person's for whom the shop has signed, the draft and that files belong to it, the choices of the menu, and how far the last line was delivered. Nothing is written
// before the visitor has acted. Where the browser refuses storage to a frame of another site (the access itself throws), everything lives in
// memory, and the token is also handed to the loader, which keeps it in the shop's page.

export type Kept =
  | 'token'
  | 'signed'
  | 'draft'
  | 'language'
  | 'sound'
  | 'originals'
  | 'preview'
  | 'files'
  | 'larger'
  | 'delivered'

export class Keep {
  readonly #prefix: string
  readonly #memory = new Map<Kept, string>()
  /** Told when the token changes and the browser stores nothing for us. */
  onRefused: ((token: string | null) => void) | undefined

  constructor(site: string) {
    this.#prefix = `dragoman.${site}.`
  }

  get(name: Kept): string | undefined {
    try {
      return localStorage.getItem(this.#prefix + name) ?? this.#memory.get(name)
    } catch {
      return this.#memory.get(name)
    }
  }

  set(name: Kept, value: string): void {
    this.#memory.set(name, value)
    try {
      localStorage.setItem(this.#prefix + name, value)
    } catch {
      if (name === 'token') this.onRefused?.(value)
    }
  }

  /**
   * Takes the token that the page around brings, and tells whether that is one that was handed to it: only where the browser keeps nothing here. Anywhere else a script of the shop's page has made it
   * up, which could read with it what the visitor says next.
   */
  lent(token: string): boolean {
    const probe = `${this.#prefix}probe`
    try {
      localStorage.setItem(probe, '')
      localStorage.removeItem(probe)
      return false
    } catch {
      if (!this.#memory.has('token')) this.#memory.set('token', token)
      return true
    }
  }

  /** Forgets what this page remembers by itself; what the browser keeps is another tab's matter. */
  forget(...names: Kept[]): void {
    for (const name of names) this.#memory.delete(name)
  }

  remove(name: Kept): void {
    this.#memory.delete(name)
    try {
      localStorage.removeItem(this.#prefix + name)
    } catch {
      if (name === 'token') this.onRefused?.(null)
    }
  }
}
