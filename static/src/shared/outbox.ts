// Lines that are typed and not yet on the server's disk (protocol.md, section 3.1 `send` and section 6).
//
// A line is shown in the same frame as Enter, kept in IndexedDB so that it survives a reload, and sent with the same key
// until the server says ok: one in flight per conversation, so that the order typed is the order stored. All tabs of a browser
// share the lines; whichever tab is connected sends the oldest one, under a Web Lock.
import { CallError } from './client'
import type { Shelf } from './shelf'
import { isEmpty } from './slips'
import type { Reviewed, SendOK } from './wire.gen'

/**
 * queued: waits its turn. sending: in flight. failed: the server tried and could not, "try again" sends it with the same key. refused: the
 * server does not want it as it is; it can be edited (a new line) or thrown away.
 */
export type LineState = 'queued' | 'sending' | 'failed' | 'refused'

/** A file that goes with a line: it is uploaded first. */
export interface LineFile {
  key: string
  name: string
  type: string
  /** In bytes. */
  size: number
  blob: Blob
  /** What a picture shows, in its sender's words. */
  alt?: string
  /** Of a picture, in pixels. */
  width?: number
  height?: number
  /** What the server calls it, once it is there. */
  id?: string
}

/** A file as send names it. */
export function attached({ id = '', alt }: LineFile): { id: string; alt?: string } {
  return { id, ...(alt && { alt }) }
}

export interface Line {
  key: string
  /** Whose line it is, so that the next person at this computer does not send it: site and visitor, or agent. */
  owner: string
  /** Rises in the order of typing, across tabs. */
  order: number
  /** Empty for a visitor: the server finds the conversation. */
  conversation: string
  text: string
  language?: string
  note?: boolean
  reviewed?: Reviewed
  /** Ids of colleagues whom a note calls. */
  calls?: readonly string[]
  /** Its conversation is resolved once it is stored. */
  resolves?: boolean
  files?: readonly LineFile[]
  /** Not sent before, in ms since 1970, unless it is released: what it needs is on its way. */
  held?: number
  /** When it was typed, as on the wire. */
  at: string
  state: LineState
  error?: { code: string; message: string }
  tries: number
}

/** With a key if it was shown, and perhaps kept, before there was an outbox. */
export type NewLine = Pick<
  Line,
  'conversation' | 'text' | 'language' | 'note' | 'reviewed' | 'calls' | 'resolves' | 'files' | 'held'
> &
  Partial<Pick<Line, 'key'>>

export interface OutboxOptions {
  owner: string
  /** Whose lines become this owner's, under the same keys: he has turned out to be the same person. outbox is the one of this page, if it has one. */
  adopt?: { owner: string; outbox: Outbox | undefined } | undefined
  shelf: Shelf
  /** Calls send; rejects with a CallError. */
  send(line: Line): Promise<SendOK>
  /** Uploads the files of a line and returns them with their ids; rejects with a CallError. */
  upload?(line: Line): Promise<readonly LineFile[]>
  /** The line is not in the outbox any more, or its files must be uploaded again. */
  forget?(files: readonly LineFile[]): void
  /** All lines of the owner, by order, after every change. */
  changed(lines: readonly Line[]): void
  sent?(ok: SendOK, line: Line): void
  /** The server wants fewer lines: the next one is tried in ms. */
  held?(ms: number): void
  /** For tests. */
  random?: () => number
}

/** What to do with a line that the server did not take. */
export type Verdict = { state: 'queued'; afterMs: number } | { state: 'failed' } | { state: 'refused' }

/** What the server cannot do, or a file that does not get through, is tried this often before a person is asked. */
const mostTries = 3

/** Nothing is held longer than this, in ms. */
const longestHeld = 5000

/** What send answers if it does not know one of the files. */
const unknownFile = 'not_found'

export function judge(err: CallError, tries: number, random: () => number = Math.random): Verdict {
  switch (err.code) {
    // The next connection wakes the outbox.
    case 'disconnected':
      return { state: 'queued', afterMs: Number.POSITIVE_INFINITY }
    case 'timeout':
      return { state: 'queued', afterMs: random() * 2000 }
    case 'rate':
      return { state: 'queued', afterMs: Math.max(err.retryAfterS, 1) * 1000 + random() * 500 }
    case 'unavailable':
      return { state: 'queued', afterMs: 1000 + random() * Math.min(30_000, 1000 * 2 ** tries) }
    case 'internal':
      return tries >= mostTries ? { state: 'failed' } : { state: 'queued', afterMs: 500 + random() * 1000 * 2 ** tries }
    default:
      return { state: 'refused' }
  }
}

export class Outbox {
  readonly #options: OutboxOptions
  #lines: Line[] = []
  /** Lines by conversation that are being worked off by this tab. */
  #pumps = new Map<string, Promise<void>>()
  /** Conversations that were to be worked off while a pump was at work, perhaps after its last look. */
  #more = new Set<string>()
  /** By conversation. */
  #flying = new Map<string, Line>()
  /** Lines whose files were thrown away by the server once, by key. */
  #anew = new Set<string>()
  #timers = new Map<string, ReturnType<typeof setTimeout>>()
  /** Writes to the shelf that are under way, by key: a line is sent only after it is kept. */
  #writes = new Map<string, Promise<void>>()
  #online = false
  #closed = false
  readonly #channel: BroadcastChannel | undefined
  /** Resolves when the lines of an earlier page are here. */
  readonly ready: Promise<void>

  constructor(options: OutboxOptions) {
    this.#options = options
    if (options.shelf.shared && typeof BroadcastChannel === 'function') {
      this.#channel = new BroadcastChannel(`dragoman.outbox.${options.owner}`)
      this.#channel.onmessage = () => void this.#reload()
    }
    const { adopt } = options
    this.#lines = (adopt?.outbox?.lines ?? []).map((l) => this.#own(l))
    this.ready = adopt ? this.#adopt(adopt).then(() => this.#reload()) : this.#reload()
  }

  #own(line: Line): Line {
    return { ...line, owner: this.#options.owner, state: line.state === 'sending' ? 'queued' : line.state }
  }

  async #adopt({ owner, outbox }: { owner: string; outbox: Outbox | undefined }): Promise<void> {
    await Promise.all(outbox?.writing ?? [])
    const { shelf } = this.#options
    const kept = await shelf.all(owner).catch(() => [])
    const lines = new Map([...kept, ...(outbox?.lines ?? [])].map((l) => [l.key, this.#own(l)]))
    for (const line of lines.values()) await shelf.put(line)
  }

  get lines(): readonly Line[] {
    return this.#lines
  }

  /** Writes to the shelf that are under way. */
  get writing(): Iterable<Promise<void>> {
    return this.#writes.values()
  }

  /** The line is in `lines` and handed to `changed` before this returns. */
  add(line: NewLine): Line {
    const last = this.#lines[this.#lines.length - 1]
    const now = Date.now()
    const added: Line = {
      key: uuid(),
      ...line,
      owner: this.#options.owner,
      order: Math.max(now, (last?.order ?? 0) + 1),
      text: line.text.normalize('NFC'),
      at: new Date(now).toISOString(),
      state: 'queued',
      tries: 0,
    }
    this.#put(added)
    this.#pump(added.conversation)
    return added
  }

  /** A failed line again, with the same key. What was to follow it at once does not follow any more: a person looks at it now. */
  retry(key: string): void {
    const line = this.#lines.find((l) => l.key === key)
    if (line?.state !== 'failed') return
    const { error: _, resolves: __, ...rest } = line
    this.#put({ ...rest, state: 'queued', tries: 0 })
    this.#pump(line.conversation)
  }

  /** A line that is held goes now, and whatever waits behind it. */
  release(key: string): void {
    const line = this.#lines.find((l) => l.key === key)
    if (line?.held === undefined || line.state !== 'queued') return
    const { held: _, ...rest } = line
    this.#put(rest)
    clearTimeout(this.#timers.get(line.conversation))
    this.#timers.delete(line.conversation)
    this.#pump(line.conversation)
  }

  /** Throws a line away; returns it, so that its text can be edited. */
  remove(key: string): Line | undefined {
    const line = this.#lines.find((l) => l.key === key)
    if (line) this.#forget(line)
    return line
  }

  /** The line was seen as a message: it is stored, whatever became of the reply. */
  stored(key: string): void {
    const line = this.#lines.find((l) => l.key === key)
    if (line) this.#forget(line)
  }

  /** A connection is there (or gone): work off what waits. */
  online(on: boolean): void {
    this.#online = on
    if (!on) return
    for (const c of new Set(this.#lines.map((l) => l.conversation))) {
      clearTimeout(this.#timers.get(c))
      this.#timers.delete(c)
      this.#pump(c)
    }
  }

  /** Our frame ended the socket: the line in flight is refused. Tells whether there was one. */
  broke(message: string): boolean {
    // What is still being uploaded was in no frame.
    const flying = [...this.#flying.values()].filter((l) => !lacksFiles(l))
    for (const line of flying) this.#put({ ...line, state: 'refused', error: { code: 'bad_request', message } })
    return flying.length > 0
  }

  /** Forgets all lines of the owner, also those on the shelf. */
  async clear(): Promise<void> {
    await this.ready
    for (const line of this.#lines) await this.#options.shelf.remove(line.key)
    this.#lines = []
    this.#tell()
    this.#channel?.postMessage(0)
  }

  close(): void {
    this.#closed = true
    this.#online = false
    for (const t of this.#timers.values()) clearTimeout(t)
    this.#channel?.close()
  }

  #tell(): void {
    if (!this.#closed) this.#options.changed(this.#lines)
  }

  async #reload(): Promise<void> {
    const before = new Set(this.#lines.map((l) => l.key))
    let kept: Line[]
    try {
      kept = await this.#options.shelf.all(this.#options.owner)
    } catch {
      // What is on the screen stays there, and is sent from here.
      return
    }
    const keys = new Set(kept.map((l) => l.key))
    // What this tab has typed and is only now being written stays; so does the state of what it is sending, unless another tab has taken that away.
    const own = this.#lines.filter((l) =>
      keys.has(l.key) ? l.state === 'sending' : this.#writes.has(l.key) || !before.has(l.key),
    )
    const ownKeys = new Set(own.map((l) => l.key))
    this.#lines = [...kept.filter((l) => !ownKeys.has(l.key)), ...own].sort(byOrder)
    this.#tell()
    if (this.#online) for (const c of new Set(this.#lines.map((l) => l.conversation))) this.#pump(c)
  }

  #put(line: Line): void {
    this.#lines = [...this.#lines.filter((l) => l.key !== line.key), line].sort(byOrder)
    this.#tell()
    // "sending" is this tab's business; on the shelf the line is still queued, so that a crash changes nothing.
    // What another outbox has taken over is its business.
    if (line.state !== 'sending' && !this.#closed) this.#write(line.key, () => this.#options.shelf.put(line))
  }

  #forget(line: Line): void {
    this.#lines = this.#lines.filter((l) => l.key !== line.key)
    this.#tell()
    if (line.files) this.#options.forget?.(line.files)
    this.#write(line.key, () => this.#options.shelf.remove(line.key))
  }

  #write(key: string, f: () => Promise<void>): void {
    // At once if nothing is under way: the page may be gone in the next moment.
    const write = (this.#writes.get(key)?.then(f) ?? f()).then(() => {
      if (this.#writes.get(key) === write) this.#writes.delete(key)
      if (!this.#closed) this.#channel?.postMessage(0)
    })
    this.#writes.set(key, write)
  }

  #pump(conversation: string): void {
    if (!this.#online || this.#timers.has(conversation)) return
    if (this.#pumps.has(conversation)) {
      this.#more.add(conversation)
      return
    }
    const work = this.#work(conversation).finally(() => {
      this.#pumps.delete(conversation)
      if (this.#more.delete(conversation)) this.#pump(conversation)
    })
    this.#pumps.set(conversation, work)
  }

  async #work(conversation: string): Promise<void> {
    await this.ready
    while (this.#online) {
      const go = await locked(`dragoman.outbox.${this.#options.owner}.${conversation}`, () =>
        this.#sendNext(conversation),
      )
      if (!go) return
    }
  }

  /** Whether a held line may go now; if not, it is looked at again when it may. */
  #due({ key, conversation }: Line, held: number): boolean {
    const left = held - Date.now()
    if (left <= 0) return true
    const timer = setTimeout(
      () => {
        this.#timers.delete(conversation)
        // Released, and not asked again: a clock that was set back must not hold it for a day.
        this.release(key)
        this.#pump(conversation)
      },
      Math.min(left, longestHeld),
    )
    this.#timers.set(conversation, timer)
    return false
  }

  /** Sends the oldest line of the conversation, of whichever tab. Tells whether to go on. */
  async #sendNext(conversation: string): Promise<boolean> {
    const next = this.#lines.find((l) => l.conversation === conversation && l.state === 'queued')
    if (!next || !this.#online) return false
    if (next.held !== undefined && !this.#due(next, next.held)) return false
    await this.#writes.get(next.key)
    // Another tab may have sent it while this one waited for the lock.
    if (this.#options.shelf.shared && !(await this.#options.shelf.has(next.key))) {
      this.#lines = this.#lines.filter((l) => l.key !== next.key)
      this.#tell()
      return true
    }
    // The connection may have gone meanwhile, and the next one may be somebody else's.
    if (!this.#online) return false
    // The line may have been taken away, or stored: it must not come back by being sent.
    if (this.#lines.find((l) => l.key === next.key)?.state !== 'queued') return true
    let line: Line = { ...next, state: 'sending' }
    this.#flying.set(conversation, line)
    this.#put(line)
    try {
      const ready = await this.#withFiles(line)
      if (!ready) {
        this.#flying.delete(conversation)
        return true
      }
      line = ready
      const ok = await this.#options.send(line)
      this.#flying.delete(conversation)
      this.#options.sent?.(ok, line)
      this.#forget(line)
      return true
    } catch (err) {
      this.#flying.delete(conversation)
      return this.#failed(line, err instanceof CallError ? err : new CallError('internal', String(err)))
    }
  }

  /**
   * The line with its files uploaded; undefined if it was taken away meanwhile. The ids are on the shelf before the line is sent: whoever sends it
   * again, after a crash or from another tab, must say the same.
   */
  async #withFiles(line: Line): Promise<Line | undefined> {
    if (!lacksFiles(line) || !this.#options.upload) return line
    if (line.files.some((f) => !f.id && isEmpty(f)))
      throw new CallError('gone', 'A file of the message was lost with its page: choose it again.')
    const files = await this.#options.upload(line)
    // That takes a while, in which the line may have been taken away: here, or in another tab.
    if (this.#options.shelf.shared && !(await this.#options.shelf.has(line.key))) {
      this.#lines = this.#lines.filter((l) => l.key !== line.key)
      this.#options.forget?.(line.files)
      this.#tell()
    }
    if (this.#lines.find((l) => l.key === line.key)?.state !== 'sending') return undefined
    const ready: Line = { ...line, files }
    this.#flying.set(line.conversation, ready)
    this.#put(ready)
    this.#write(line.key, () => this.#options.shelf.put({ ...ready, state: 'queued' }))
    await this.#writes.get(line.key)
    return ready
  }

  /** The server does not know a file of the line, which lay too long: nothing is stored, so it may be uploaded once more. */
  #withoutFiles(line: Line, err: CallError): Line | undefined {
    if (err.code !== unknownFile || this.#anew.has(line.key) || !line.files?.some((f) => f.id)) return undefined
    this.#anew.add(line.key)
    this.#options.forget?.(line.files)
    return { ...line, files: line.files.map(({ id: _, ...file }) => file) }
  }

  /** As judge says; but files that do not get through while everything else does hold up what was typed after them only for so long. */
  #verdict(line: Line, err: CallError): Verdict {
    const tries = line.tries + 1
    if (err.code === 'unavailable' && this.#online && lacksFiles(line) && tries >= mostTries) return { state: 'failed' }
    return judge(err, tries, this.#options.random)
  }

  #failed(line: Line, err: CallError): boolean {
    const there = this.#lines.find((l) => l.key === line.key)
    // Stored, thrown away or refused meanwhile: the reply no longer matters.
    if (there?.state !== 'sending') return true
    const anew = this.#withoutFiles(line, err)
    if (anew) {
      this.#put({ ...anew, state: 'queued' })
      return true
    }
    const verdict = this.#verdict(line, err)
    const error = { code: err.code, message: err.message }
    if (verdict.state !== 'queued') {
      this.#put({ ...line, state: verdict.state, tries: line.tries + 1, error })
      return true
    }
    // That the connection went is no failure of the line's.
    const counts = err.code === 'internal' || (err.code === 'unavailable' && this.#online)
    this.#put({ ...line, state: 'queued', tries: counts ? line.tries + 1 : line.tries })
    if (Number.isFinite(verdict.afterMs)) {
      const timer = setTimeout(() => {
        this.#timers.delete(line.conversation)
        this.#pump(line.conversation)
      }, verdict.afterMs)
      this.#timers.set(line.conversation, timer)
      if (err.code === 'rate') this.#options.held?.(verdict.afterMs)
    }
    return false
  }
}

/** Whether files of the line are still to be uploaded. */
function lacksFiles(line: Line): line is Line & { files: readonly LineFile[] } {
  return line.files?.some((f) => !f.id) === true
}

function byOrder(a: Line, b: Line): number {
  return a.order - b.order || (a.key < b.key ? -1 : 1)
}

/** Runs f while no other tab holds the name; where there are no locks, at once: the same key makes a doubled send harmless. */
function locked<T>(name: string, f: () => Promise<T>): Promise<T> {
  const locks = typeof navigator === 'object' ? navigator.locks : undefined
  return locks ? (locks.request(name, f) as Promise<T>) : f()
}

/** A key: UUID version 7 (RFC 9562, section 5.7). It begins with the time, so that keys of one moment stand side by side in the server's index. */
export function uuid(): string {
  const b = crypto.getRandomValues(new Uint8Array(16))
  new DataView(b.buffer).setBigUint64(0, (BigInt(Date.now()) << 16n) | BigInt((b[6]! << 8) | b[7]!))
  b[6] = (b[6]! & 0x0f) | 0x70
  b[8] = (b[8]! & 0x3f) | 0x80
  const hex = [...b].map((n) => n.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
