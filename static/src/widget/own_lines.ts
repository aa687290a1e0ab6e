// The lines that the visitor writes, until the server has them: first without an outbox, as long as the session is being asked for, then in the outbox
// of whoever he is, which follows him when he turns out to be somebody. What has no outbox yet goes with its tab from page to page, and to no other: two tabs
// that are asking for a session may become two visitors, and only one of them has written it. Its files lie on the shelf meanwhile, where only that tab looks for them.
import { signal } from '@preact/signals'
import type { Line, LineFile, NewLine } from '../shared/outbox'
import { Outbox, uuid } from '../shared/outbox'
import { openShelf } from '../shared/shelf'
import { unpacked } from '../shared/slips'
import type { SendOK } from '../shared/wire.gen'
import { unsentLines } from './thread'

export interface OwnLinesOptions {
  /** The site's key. */
  site: string
  /** As in the outbox. */
  send(line: Line): Promise<SendOK>
  upload(line: Line): Promise<readonly LineFile[]>
  forget(files: readonly LineFile[]): void
  sent(ok: SendOK): void
  held(ms: number): void
  /** None of the lines waits for its turn any more, or is on its way. */
  still(): void
}

/** What a tab has left that was closed before it had a session lies no longer than this. */
const dayMs = 86_400_000

/** A line that has no outbox yet: it has its key for good. */
type Unsent = NewLine & Pick<Line, 'key'>

export class OwnLines {
  readonly all = signal<readonly Line[]>([])
  /** Resolves when the files of what an earlier page has left are here, as far as they are anywhere; undefined if there are none. */
  readonly ready: Promise<void> | undefined
  readonly #options: OwnLinesOptions
  readonly #shelf = openShelf()
  #outbox: Outbox | undefined
  #owner = ''
  #unsent: Unsent[]
  /** Keys of the lines that were typed in this page and are not known to be stored. */
  #typedHere = new Set<string>()

  constructor(options: OwnLinesOptions) {
    this.#options = options
    this.#unsent = this.#kept()
    this.all.value = unsentLines(this.#unsent)
    if (this.#unsent.some((l) => l.files)) this.ready = this.#fill()
  }

  /** Tells whether there is somebody whose line it is; if not, it waits for him. */
  add(line: NewLine): boolean {
    if (this.#outbox) {
      this.#add(line)
      return true
    }
    const unsent = { ...line, key: uuid() }
    this.#unsent.push(unsent)
    this.#changed()
    // Not beside the box any more: the next page there may be somebody else's.
    const [waits] = unsentLines([unsent], this.#name)
    if (waits?.files) void this.#shelf.put(waits)
    return false
  }

  /** What has no outbox yet is other than before. */
  #changed(): void {
    this.#keep()
    this.all.value = unsentLines(this.#unsent)
  }

  get #name(): string {
    return `dragoman.${this.#options.site}.unsent`
  }

  /** What an earlier page of this tab has left. */
  #kept(): Unsent[] {
    try {
      const lines = JSON.parse(sessionStorage.getItem(this.#name) ?? '[]') as Unsent[]
      return lines.filter((l) => typeof l?.key === 'string' && typeof l.text === 'string').map(unpacked)
    } catch {
      return []
    }
  }

  /** Puts into the lines of an earlier page what was in their files. */
  async #fill(): Promise<void> {
    const kept = new Map((await this.#lying()).map((l) => [l.key, l.files]))
    this.#unsent = this.#unsent.map((l) => (l.files ? { ...l, files: kept.get(l.key) ?? l.files } : l))
    if (!this.#outbox) this.all.value = unsentLines(this.#unsent)
  }

  /** Lines without an outbox that have files, of all tabs. */
  #lying(): Promise<Line[]> {
    return this.#shelf.all(this.#name).catch(() => [])
  }

  /** Throws away those that have lain for longer than age, in ms. */
  async #sweep(age: number): Promise<void> {
    const before = Date.now() - age
    for (const { key, order } of await this.#lying()) if (order < before) await this.#shelf.remove(key)
  }

  /** Files do not fit there. */
  #keep(): void {
    try {
      if (this.#unsent.length > 0) sessionStorage.setItem(this.#name, JSON.stringify(this.#unsent))
      else sessionStorage.removeItem(this.#name)
    } catch {
      // Refused: they live as long as the page.
    }
  }

  retry(key: string): void {
    this.#outbox?.retry(key)
  }

  take(key: string): Line | undefined {
    if (this.#outbox) return this.#outbox.remove(key)
    const line = this.all.peek().find((l) => l.key === key)
    this.#unsent = this.#unsent.filter((l) => l.key !== key)
    this.#changed()
    if (line?.files) void this.#shelf.remove(key)
    return line
  }

  online(on: boolean): void {
    this.#outbox?.online(on)
  }

  /** The server has the line with this key. */
  stored(key: string): void {
    this.#outbox?.stored(key)
  }

  /** The server has ended the connection over what it was sent: whether that was a line, which is refused then. */
  broke(): boolean {
    return this.#outbox?.broke('') ?? false
  }

  /** Takes the lines of this page out of the outbox of a visitor whose token has ended; the next outbox begins with them. */
  takeBack(): void {
    for (const { key, text, language, files } of this.#outbox?.lines ?? []) {
      if (!this.#typedHere.has(key)) continue
      // What was uploaded belongs to him whose token has ended.
      const anew = files?.map(({ id: _, ...file }) => file)
      this.#unsent.push({
        key: uuid(),
        conversation: '',
        text,
        ...(language && { language }),
        ...(anew && { files: anew }),
      })
      this.#outbox?.remove(key)
    }
    this.#keep()
    this.#typedHere.clear()
  }

  /** From here on the lines are this visitor's. was is who he had been until now, if that was the same person: what he has not sent yet goes with him. */
  become(visitor: string, was?: string): void {
    const { site, send, upload, forget, sent, held, still } = this.#options
    const owner = `${site}.${visitor}`
    if (this.#outbox && this.#owner === owner) return
    const adopt = was ? `${site}.${was}` : undefined
    const outbox = adopt === this.#owner ? this.#outbox : undefined
    this.#outbox?.close()
    if (this.#outbox) this.all.value = []
    this.#owner = owner
    this.#outbox = new Outbox({
      owner,
      adopt: adopt ? { owner: adopt, outbox } : undefined,
      shelf: this.#shelf,
      send,
      upload,
      forget,
      sent: (ok, line) => {
        this.#typedHere.delete(line.key)
        sent(ok)
      },
      held,
      changed: (lines) => {
        this.all.value = lines
        if (!lines.some((l) => l.state === 'queued' || l.state === 'sending')) still()
      },
    })
    this.all.value = this.#outbox.lines
    // Under the same key: the outbox puts each in the place where its files lay.
    for (const line of this.#unsent.splice(0)) this.#add(line)
    this.#keep()
    void this.#sweep(dayMs)
  }

  #add(line: NewLine): void {
    const added = this.#outbox?.add(line)
    if (added) this.#typedHere.add(added.key)
  }

  /** Throws away what is not sent. */
  async forget(): Promise<void> {
    this.#unsent = []
    this.#keep()
    void this.#sweep(0)
    await this.#outbox?.clear()
    this.#outbox?.close()
    this.#outbox = undefined
    this.#typedHere.clear()
    this.all.value = []
  }
}
