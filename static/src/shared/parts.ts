// Parts of an app that its first screen does not need: files of their own, fetched when they are wanted, or before that when there is nothing better to
// do. What may go wrong with that (no network, a server that has another version by now) is told in one place and ends nothing else.
import { computed, signal } from '@preact/signals'

/** Why a part is not there. lost: it could not be fetched. changed: the server has another version by now, and only a new page fits that. */
export type Absence = 'lost' | 'changed'

export interface PartsOptions {
  /** As in import('./x'), but for the file by its name and with a query: a browser that keeps failures asks again only at another address. */
  again?(file: string, query: string): Promise<unknown>
  /** Fetches what no part can do without; asked at each try. */
  beside?(): Promise<void>
  /** Resolves after this many milliseconds; else a timer. */
  wait?(ms: number): Promise<void>
  /** Resolves when the page has nothing better to do. */
  idle?(): Promise<void>
  /** The visitor pays for what is fetched. */
  saving?(): boolean
  /** Loads the page anew. */
  reload?(): void
}

/** Between a failed try and the other one. */
const pause = 400

export class Part<M> {
  /** Its name in static/dist, without .js. */
  readonly file: string
  readonly module = signal<M | undefined>(undefined)
  readonly absent = signal<Absence | undefined>(undefined)
  readonly #first: () => Promise<M>
  readonly #options: Required<PartsOptions>
  #loading: Promise<M | undefined> | undefined
  #tries = 0
  /** The code, once it is there; what goes with it may still be missing. */
  #code: M | undefined

  constructor(file: string, first: () => Promise<M>, options: Required<PartsOptions>) {
    this.file = file
    this.#first = first
    this.#options = options
  }

  /** Fetches the part, with one try more if that fails. Once it is there it is there; after a failure the next call tries afresh. */
  load(): Promise<M | undefined> {
    this.#loading ??= this.#load().finally(() => {
      if (!this.module.peek()) this.#loading = undefined
    })
    return this.#loading
  }

  async #load(): Promise<M | undefined> {
    this.absent.value = undefined
    for (let left = 1; ; left--) {
      try {
        this.module.value = await this.#whole()
        return this.module.value
      } catch (err) {
        // A file of another build does not link with this one, however often it is fetched.
        if (err instanceof SyntaxError) {
          this.absent.value = 'changed'
          return undefined
        }
        if (left === 0) {
          this.absent.value = 'lost'
          return undefined
        }
        await this.#options.wait(pause)
      }
    }
  }

  /** The code, and at the same time what no part can do without. */
  async #whole(): Promise<M> {
    const beside = this.#options.beside().then(
      () => undefined,
      (err: unknown) => ({ err }),
    )
    this.#code ??= await this.#try()
    const failed = await beside
    if (failed) throw failed.err
    return this.#code
  }

  #try(): Promise<M> {
    return this.#tries++ === 0 ? this.#first() : (this.#options.again(this.file, `${this.#tries}`) as Promise<M>)
  }
}

export class Parts {
  /** A part that somebody waits for and that could not be fetched. */
  readonly missing = computed(() => (this.#missed.value?.module.value ? undefined : this.#missed.value))
  readonly #missed = signal<Part<unknown> | undefined>(undefined)
  readonly #app: string
  readonly #all: Array<Part<unknown>> = []
  readonly #options: Required<PartsOptions>

  /** `app` is the entry's name in static/dist, without .js. */
  constructor(app: string, options: PartsOptions = {}) {
    this.#app = app
    this.#options = { again, wait, beside: async () => {}, idle, saving, reload: () => location.reload(), ...options }
  }

  /** Says what no part can do without; it fails as a part does. */
  needs(beside: () => Promise<void>): void {
    this.#options.beside = beside
  }

  /** A part in the module of this name (the last piece of its path); `load` is () => import('./it'). */
  part<M>(name: string, load: () => Promise<M>): Part<M> {
    const part = new Part(`${this.#app}-${name}`, load, this.#options)
    this.#all.push(part as Part<unknown>)
    return part
  }

  /** Somebody waits for the part; returns what to call when that is over. */
  want(part: Part<unknown>): () => void {
    let over = false
    void this.#fetch(part, () => over)
    return () => {
      over = true
      if (this.#missed.peek() === part) this.#missed.value = undefined
    }
  }

  async #fetch(part: Part<unknown>, over: () => boolean): Promise<void> {
    if (!(await part.load()) && !over()) this.#missed.value = part
  }

  /** "Try again". A page whose server has another version by now is loaded anew: what is typed and not yet sent is kept and comes back with it. */
  again(): void {
    const part = this.missing.peek()
    if (!part) return
    if (part.absent.peek() === 'changed') {
      this.#options.reload()
      return
    }
    this.#missed.value = undefined
    void this.#fetch(part, () => false)
  }

  /** Fetches all parts, one after the other, so that nobody waits for them later; not where every byte is paid for. */
  async prepare(): Promise<void> {
    for (const part of this.#all) {
      await this.#options.idle()
      if (this.#options.saving()) return
      await part.load()
    }
  }
}

function again(file: string, query: string): Promise<unknown> {
  return import(new URL(`${file}.js?${query}`, import.meta.url).href)
}

function wait(ms: number): Promise<void> {
  return new Promise((r) => setTimeout(r, ms))
}

/** Safari has no requestIdleCallback. */
function idle(): Promise<void> {
  return new Promise((r) => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(() => r(), { timeout: 5000 })
    else setTimeout(r, 500)
  })
}

function saving(): boolean {
  return (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true
}

/** Puts on the looks of a part. A sheet made by hand needs no exception in the content policy. */
export function wear(sheet: string): void {
  const made = new CSSStyleSheet()
  made.replaceSync(sheet)
  document.adoptedStyleSheets.push(made)
}
