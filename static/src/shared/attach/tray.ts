// The files that lie beside the box and go with the next line. They are uploaded as soon as they lie there.
import { type Signal, signal } from '@preact/signals'
import { CallError } from '../client'
import { type LineFile, uuid } from '../outbox'
import { isEmpty } from '../slips'
import type { Attachment } from '../wire.gen'
import { type Limits, type Refusal, refuse, typeOf } from './rules'
import { type Uploads, withAnswer } from './uploads'

/** waiting: for a connection. failed: it did not get through and can be tried again. refused: the server does not want it. */
export type ItemState = 'waiting' | 'uploading' | 'ready' | 'failed' | 'refused'

export interface Item {
  file: LineFile
  state: ItemState
  /** Why it was refused. */
  error?: { code: string; message: string }
}

/** Where the files of a box that was not sent yet outlive the page. */
export interface TrayKeep {
  load(): Promise<readonly LineFile[]>
  put(file: LineFile): void
  remove(key: string): void
  /** It belongs to a line now. Where the lines are kept too it is taken over with the line, and not before. */
  sent(key: string): void
}

export interface TrayOptions {
  uploads: Uploads
  conversation: string
  /** Asked at each file: what the server says of them may come late. */
  limits(): Limits
  keep?: TrayKeep
  /** Everything that lies here has arrived. */
  ready?(): void
}

export class Tray {
  readonly items: Signal<readonly Item[]> = signal([])
  /** What was not taken the last time that somebody brought files. */
  readonly refusals: Signal<readonly Refusal[]> = signal([])
  /** Resolves when what lay here before the page was loaded lies here again. */
  readonly loaded: Promise<void>
  #online = false
  readonly #options: TrayOptions

  constructor(options: TrayOptions) {
    this.#options = options
    this.loaded = this.#load()
  }

  /** Whether there is something that can go with a line. */
  get any(): boolean {
    return this.items.value.some((i) => i.state !== 'refused')
  }

  add(files: Iterable<File>): void {
    const refusals: Refusal[] = []
    const taken: LineFile[] = []
    for (const file of files) {
      const why = refuse(file, this.items.peek().length + taken.length, this.#options.limits())
      if (why) refusals.push({ name: file.name, why })
      else taken.push({ key: uuid(), name: file.name, type: typeOf(file), size: file.size, blob: file })
    }
    this.refusals.value = refusals
    this.put(taken)
  }

  /** Puts files here, also such as were on their way: they came back with a line that is edited. */
  put(files: readonly LineFile[]): void {
    const there = new Set(this.items.peek().map((i) => i.file.key))
    const fresh = files.filter((f) => !there.has(f.key) && !isEmpty(f))
    this.items.value = [...this.items.peek(), ...fresh.map((file) => ({ file, state: 'waiting' as const }))]
    for (const file of fresh) {
      this.#options.keep?.put(file)
      this.#begin(file.key)
    }
  }

  remove(key: string): void {
    this.#options.uploads.forget([key])
    this.#options.keep?.remove(key)
    this.items.value = this.items.peek().filter((i) => i.file.key !== key)
  }

  retry(key: string): void {
    if (this.#item(key)?.state === 'failed') this.#begin(key, true)
  }

  /** What a picture shows, in words: at every letter. */
  describe(key: string, alt: string): void {
    const item = this.#item(key)
    if (item) this.#change(key, { file: { ...item.file, alt } })
  }

  /** What was described outlives the page. */
  keep(key: string): void {
    const item = this.#item(key)
    if (item) this.#options.keep?.put(item.file)
  }

  /** The size of a picture, as soon as it has been drawn, so that its place in the log is known. */
  measure(key: string, width: number, height: number): void {
    const item = this.#item(key)
    if (item && !item.file.width && width > 0) this.#change(key, { file: { ...item.file, width, height } })
  }

  dismiss(): void {
    this.refusals.value = []
  }

  /** A connection is there, or gone: what waits for one begins. */
  online(on: boolean): void {
    this.#online = on
    if (!on) return
    for (const { file, state } of this.items.peek())
      if (state === 'waiting' || state === 'failed') this.#begin(file.key, true)
  }

  /** Takes what goes with a line, in its order; uploads go on. What was refused stays, and says why. */
  take(): LineFile[] {
    const files = this.items
      .peek()
      .filter((i) => i.state !== 'refused')
      .map((i) => described(i.file))
    for (const f of files) this.#options.keep?.sent(f.key)
    this.items.value = this.items.peek().filter((i) => i.state === 'refused')
    this.refusals.value = []
    return files
  }

  clear(): void {
    for (const { file } of this.items.peek()) this.remove(file.key)
    this.refusals.value = []
  }

  async #load(): Promise<void> {
    try {
      const kept = await this.#options.keep?.load()
      if (kept?.length) this.put(kept)
    } catch {
      // What cannot be read is not shown; it may be there again after the next reload.
    }
  }

  #item(key: string): Item | undefined {
    return this.items.peek().find((i) => i.file.key === key)
  }

  #change(key: string, change: Partial<Item>): void {
    this.items.value = this.items.peek().map((i) => (i.file.key === key ? { ...i, ...change } : i))
  }

  #begin(key: string, again = false): void {
    const item = this.#item(key)
    if (!item || (item.state !== 'waiting' && !again)) return
    if (item.file.id) {
      this.#change(key, { state: 'ready' })
      return
    }
    if (!this.#online) return
    this.#change(key, { state: 'uploading' })
    this.#options.uploads.begin(item.file, this.#options.conversation).then(
      (answer) => this.#arrived(key, answer),
      (err) => this.#failed(key, err),
    )
  }

  #arrived(key: string, answer: Attachment): void {
    const item = this.#item(key)
    // Taken away or sent meanwhile.
    if (!item) return
    this.#change(key, { file: withAnswer(item.file, answer), state: 'ready' })
    this.keep(key)
    if (this.items.peek().every((i) => i.state === 'ready')) this.#options.ready?.()
  }

  #failed(key: string, err: unknown): void {
    const { code, message } = err instanceof CallError ? err : { code: 'internal' as const, message: String(err) }
    switch (code) {
      case 'disconnected':
        return
      case 'unavailable':
      case 'timeout':
      case 'rate':
      case 'internal':
        this.#change(key, { state: this.#online ? 'failed' : 'waiting' })
        return
      default:
        this.#change(key, { state: 'refused', error: { code, message } })
    }
  }
}

function described({ alt, ...file }: LineFile): LineFile {
  const text = alt?.trim().normalize('NFC')
  return text ? { ...file, alt: text } : file
}
