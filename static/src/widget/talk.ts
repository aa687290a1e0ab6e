// The visitor's side of the talk: session, socket, rooms and outbox put together, and what the screens show of them as signals.
import type { Signal } from '@preact/signals'
import { batch, computed, effect, signal } from '@preact/signals'
import type { Ended } from '../shared/client'
import { CallError, Client } from '../shared/client'
import type { Line, LineFile } from '../shared/outbox'
import { attached, Outbox } from '../shared/outbox'
import type { Room } from '../shared/rooms'
import { Rooms } from '../shared/rooms'
import { openShelf } from '../shared/shelf'
import type {
  EventFrame,
  Face,
  Flag,
  Message,
  Participant,
  Send,
  SendOK,
  SiteTexts,
  UploadLimits,
} from '../shared/wire.gen'
import type { Keep } from './keep'
import { askSession, SessionError } from './session'
import type { Settings } from './settings'
import { lastOwn, thread, unread } from './thread'
import { Tongue } from './tongue'

/** asleep: nothing was sent anywhere yet. away: no connection for longer than a moment. refused: this site does not want us here. */
export type Link = 'asleep' | 'connecting' | 'connected' | 'away' | 'refused'

/**
 * The server lets us do less for a while, and said for how long. lines: what was typed waits; busy: there is no session or connection before that.
 */
export interface Held {
  what: 'lines' | 'busy'
  /** On this machine's clock, in ms. */
  until: number
}

/** A lost connection is told only if it lasts: a change of network takes a second and troubles nobody. */
const awayAfter = 2500
/** TypingEvery and TypingForget of the protocol. */
const typingEvery = 4000
const typingForget = 8000
/** How often what is being typed is shown to the agents at most, where they may read along. */
const previewEvery = 1000

export class Talk {
  readonly link = signal<Link>('asleep')
  readonly me = signal<Participant | undefined>(undefined)
  readonly tongue: Tongue
  readonly language: Tongue['language']
  /** An agent of the site is online. */
  readonly open = signal<boolean | undefined>(undefined)
  /** The shop's own texts in the visitor's language. */
  readonly texts: Signal<SiteTexts>
  /** Who of the shop is online, and how soon they answer; 0: nobody can tell. */
  readonly desk = signal<{ agents: readonly Face[]; seconds: number }>({ agents: [], seconds: 0 })
  readonly rooms = signal<readonly Room[]>([])
  readonly lines = signal<readonly Line[]>([])
  readonly typing = signal<Participant | undefined>(undefined)
  readonly held = signal<Held | undefined>(undefined)
  /** What the server says of files: how large, and how many in a line. */
  readonly uploads = signal<UploadLimits | undefined>(undefined)
  /** Agents read what is being typed: the site wants it, and the visitor has not said no. */
  readonly preview = signal(false)

  readonly days = computed(() => thread(this.rooms.value, this.lines.value, this.me.value?.id ?? ''))
  readonly lastOwn = computed(() => lastOwn(this.rooms.value, this.me.value?.id ?? ''))
  readonly unread = computed(() => unread(this.rooms.value, this.me.value?.id ?? ''))
  /** The newest conversation. */
  readonly current = computed(() =>
    this.rooms.value.reduce<Room | undefined>((a, b) => (a && a.id > b.id ? a : b), undefined),
  )

  /** Who brings the files of lines to the server. Set before the first line is sent. */
  files: { upload(line: Line): Promise<readonly LineFile[]>; forget(files: readonly LineFile[]): void } | undefined

  /** A line of somebody else came in while we were connected. */
  onMessage: ((m: Message) => void) | undefined

  readonly #settings: Settings
  readonly #keep: Keep
  #page: { url: string; title: string } | undefined
  #client: Client | undefined
  #outbox: Outbox | undefined
  #rooms: Rooms
  #beginning: Promise<void> | undefined
  #timers = { away: 0, typing: 0, again: 0, asked: 0, typed: 0 }
  #typedAt = 0
  #attempt = 0
  /** Rises with every reset: what an earlier life still waits for must not come back into this one. */
  #life = 0
  #unsent: Array<Parameters<Outbox['add']>[0]> = []
  /** Keys of the lines that were typed in this page and are not known to be stored. */
  #typedHere = new Set<string>()
  /** The token has ended on the server: whoever comes next in this page is the same person, and his lines go with him. */
  #tokenEnded = false
  #asked = false
  #changed = new Map<string, Room>()
  /** Agents and bots that are online as far as we were told. */
  #online = new Set<string>()

  constructor(settings: Settings, keep: Keep) {
    this.#settings = settings
    this.#keep = keep
    this.tongue = new Tongue(keep, settings.language)
    this.language = this.tongue.language
    this.texts = signal(settings.site.texts)
    this.preview.value = settings.site.typing_preview === true && keep.get('preview') !== 'off'
    this.#rooms = this.#newRooms()
  }

  /** Tells where the visitor is; asked for at the beginning of a session. */
  set page(page: { url: string; title: string }) {
    this.#page = page
  }

  get known(): boolean {
    return this.#keep.get('token') !== undefined
  }

  /** Begins the session, once. The visitor has acted: from here on a token is kept. */
  begin(): Promise<void> {
    this.#beginning ??= this.#begin()
    return this.#beginning
  }

  send(text: string, language?: string, files: readonly LineFile[] = []): void {
    const line = { conversation: '', text, ...(language && { language }), ...(files.length > 0 && { files }) }
    this.#stopTyping()
    if (this.#outbox) this.#add(line)
    else {
      // The session is still being asked for: the line is shown, and goes to the outbox as soon as it has an owner.
      this.#unsent.push(line)
      this.#showUnsent()
      void this.begin()
    }
  }

  retry(key: string): void {
    this.#outbox?.retry(key)
  }

  /** Takes a line that was not sent out of the log, and returns it. */
  take(key: string): Line | undefined {
    return this.#outbox?.remove(key)
  }

  /** Called at every change of the box. */
  typed(text: string): void {
    const room = this.current.value
    if (!room || this.#client?.status !== 'connected') return
    if (text === '') {
      this.#stopTyping()
      return
    }
    const preview = this.preview.peek()
    const wait = this.#typedAt + (preview ? previewEvery : typingEvery) - Date.now()
    clearTimeout(this.#timers.typed)
    if (wait <= 0) {
      this.#typedAt = Date.now()
      this.#quietly('typing', { conversation: room.id, on: true, ...(preview && { text }) })
    } else if (preview) {
      // The last letters count: nobody reads a preview that stops in the middle of a word.
      this.#timers.typed = setTimeout(() => this.typed(text), wait) as unknown as number
    }
  }

  setPreview(on: boolean): void {
    this.#stopTyping()
    this.preview.value = on
    this.#keep.set('preview', on ? 'on' : 'off')
  }

  /** Everything that is here has been seen. */
  read(): void {
    if (this.#client?.status !== 'connected') return
    const me = this.me.value?.id
    for (const room of this.rooms.value) {
      const last = room.messages.findLast((m) => m.kind === 'message' && m.author.id !== me)
      if (!last || !room.row || last.seq <= room.row.read.visitor || !me) continue
      const participant = this.me.value!
      this.#rooms.take({ event: 'read', conversation: room.id, participant, seq: last.seq })
      this.#quietly('read', { conversation: room.id, seq: last.seq })
    }
  }

  async speak(language: string): Promise<void> {
    this.tongue.choose(language, this.known || this.#client !== undefined)
    if (this.#client?.status === 'connected') await this.#client.call('language', { language }).catch(() => {})
  }

  /** Tells that a translation is wrong; whether that got through. */
  async flag(flag: Flag): Promise<boolean> {
    if (this.#client?.status !== 'connected') return false
    return this.#client.call('flag', flag).then(
      () => true,
      () => false,
    )
  }

  async end(): Promise<void> {
    const room = this.current.value
    if (!room || !this.#client) return
    try {
      this.#rooms.upsert(
        room.id,
        undefined,
        await this.#client.call('state', { conversation: room.id, state: 'resolved' }),
      )
    } catch {
      // The screen shows the state of the conversation, so it shows that nothing has happened.
    }
  }

  /** One line as the server has it now, with addresses of its files that hold. */
  async row(conversation: string, seq: number): Promise<Message | undefined> {
    const { messages } = await this.#client!.call('history', { conversation, before: seq + 1, limit: 1 })
    return messages.find((m) => m.seq === seq)
  }

  async older(room: Room): Promise<void> {
    if (!this.#client || room.floor === 0) return
    const limit = 50
    try {
      const { messages } = await this.#client.call('history', { conversation: room.id, before: room.floor, limit })
      this.#rooms.history(room.id, messages, messages.length < limit)
    } catch {
      // The button stays where it is.
    }
  }

  /** Forgets who the visitor was: the next line is a stranger's. */
  async reset(): Promise<void> {
    await this.forget()
    this.#keep.remove('token')
    this.#keep.remove('draft')
    this.tongue.reset()
  }

  /** As reset, for a tab that another one has told: what the browser keeps is of whoever is there now, and stays. */
  async forget(): Promise<void> {
    this.#life++
    // First the client: its end starts the timer that tells of a lost connection.
    this.#client?.stop()
    for (const timer of Object.values(this.#timers)) clearTimeout(timer)
    this.#timers = { away: 0, typing: 0, again: 0, asked: 0, typed: 0 }
    await this.#outbox?.clear()
    this.#outbox?.close()
    this.#keep.forget('token', 'draft')
    this.#client = this.#outbox = this.#beginning = undefined
    this.#unsent = []
    this.#typedHere.clear()
    this.#tokenEnded = this.#asked = false
    this.#attempt = 0
    this.#online.clear()
    batch(() => {
      this.#forgetRooms()
      this.link.value = 'asleep'
      this.held.value = undefined
      this.me.value = undefined
      this.lines.value = []
      this.tongue.reset()
    })
  }

  #forgetRooms(): void {
    this.#rooms.clear()
    this.#rooms = this.#newRooms()
    this.#changed.clear()
    this.tongue.forget()
    this.rooms.value = []
  }

  async #begin(): Promise<void> {
    this.link.value = 'connecting'
    this.#watchAway()
    const life = this.#life
    for (;;) {
      try {
        await this.#session()
        if (life !== this.#life) return
        break
      } catch (err) {
        if (life !== this.#life) return
        const wait = err instanceof SessionError ? this.#refusal(err) : undefined
        if ((this.link.peek() as Link) === 'refused') return
        const ms = wait ?? Math.random() * Math.min(30_000, 1000 * 2 ** this.#attempt++)
        // The network is told of by the other bar.
        if (err instanceof SessionError && err.code !== 'token') this.#hold('busy', ms)
        else this.held.value = undefined
        await new Promise<void>((r) => {
          const go = () => {
            removeEventListener('online', go)
            clearTimeout(this.#timers.again)
            r()
          }
          addEventListener('online', go)
          this.#timers.again = setTimeout(go, ms) as unknown as number
        })
        if (life !== this.#life) return
      }
    }
    this.#attempt = 0
    this.#connect()
  }

  /** Milliseconds to wait, if the answer says so. */
  #refusal(err: SessionError): number | undefined {
    if (err.code === 'token') {
      // The session has ended on the server: anew, as a stranger.
      this.#keep.remove('token')
      return 0
    }
    if (err.code === 'rate') return err.retryAfterS * 1000
    if (err.code === 'origin' || err.code === 'not_found' || err.code === 'forbidden') {
      clearTimeout(this.#timers.away)
      this.link.value = 'refused'
    }
    return undefined
  }

  async #session(): Promise<void> {
    const wanted = this.language.value
    const life = this.#life
    const ok = await askSession({
      site: this.#settings.site.key,
      languages: [wanted, ...navigator.languages.filter((l) => l !== wanted)].slice(0, 16),
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      token: this.#keep.get('token'),
      page: this.#page,
    })
    if (life !== this.#life) return
    this.held.value = undefined
    this.#keep.set('token', ok.token)
    if (this.#tokenEnded) this.#takeBack()
    batch(() => {
      this.#become(ok.visitor)
      this.open.value = ok.open
      this.texts.value = ok.site.texts
      this.desk.value = { agents: ok.agents ?? [], seconds: ok.replies_in_s ?? 0 }
      this.uploads.value = ok.uploads
      this.tongue.begun(ok.language)
    })
  }

  /** The server says who we are. Somebody else than before sees nothing of him, and sends none of his lines. */
  #become(who: Participant): void {
    const before = this.me.peek()
    if (before && before.id !== who.id) this.#forgetRooms()
    this.me.value = who
    this.#takeOutbox(who.id)
  }

  /** Takes the lines of this page out of the outbox of a visitor whose token has ended; the next outbox begins with them. */
  #takeBack(): void {
    this.#tokenEnded = false
    for (const { key, text, language, files } of this.#outbox?.lines ?? []) {
      if (!this.#typedHere.has(key)) continue
      // What was uploaded belongs to him whose token has ended.
      const anew = files?.map(({ id: _, ...file }) => file)
      this.#unsent.push({ conversation: '', text, ...(language && { language }), ...(anew && { files: anew }) })
      this.#outbox?.remove(key)
    }
    this.#typedHere.clear()
  }

  #takeOutbox(visitor: string): void {
    const owner = `${this.#settings.site.key}.${visitor}`
    if (this.#outbox && this.#owner === owner) return
    this.#outbox?.close()
    if (this.#outbox) this.lines.value = []
    this.#owner = owner
    this.#outbox = new Outbox({
      owner,
      shelf: openShelf(),
      send: (line) => this.#post(line),
      upload: (line) => this.#upload(line),
      forget: (files) => this.files?.forget(files),
      sent: (ok, line) => {
        this.#typedHere.delete(line.key)
        this.#rooms.upsert(ok.conversation, ok.message)
      },
      held: (ms) => this.#hold('lines', ms),
      changed: (lines) => {
        this.lines.value = lines
        // As long as lines wait for their turn it is said, also in the moments in which one of them is on its way.
        if (this.held.value?.what === 'lines' && !lines.some((l) => l.state === 'queued' || l.state === 'sending'))
          this.held.value = undefined
      },
    })
    for (const line of this.#unsent.splice(0)) this.#add(line)
  }

  #add(line: Parameters<Outbox['add']>[0]): void {
    const added = this.#outbox?.add(line)
    if (added) this.#typedHere.add(added.key)
  }

  #owner = ''

  #post(line: Line): Promise<SendOK> {
    const { key, text, language, files } = line
    const send: Send = { key, text, ...(language && { language }), ...(files && { attachments: files.map(attached) }) }
    return this.#client!.call('send', send)
  }

  #upload(line: Line): Promise<readonly LineFile[]> {
    return this.files?.upload(line) ?? Promise.reject(new CallError('unavailable', 'Nobody uploads files.'))
  }

  #showUnsent(): void {
    const now = Date.now()
    this.lines.value = this.#unsent.map((l, i) => ({
      ...l,
      key: `unsent${i}`,
      owner: '',
      order: now + i,
      at: new Date(now + i).toISOString(),
      state: 'queued',
      tries: 0,
    }))
  }

  #connect(): void {
    const { protocol, host } = location
    this.#client = new Client({
      url: `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/widget/v1/socket`,
      hello: () => {
        const { chosen } = this.tongue
        return { token: this.#keep.get('token') ?? '', ...(chosen && { language: chosen }) }
      },
      since: () => this.#rooms.since(),
      onStatus: (status) => {
        if (status === 'connected') {
          clearTimeout(this.#timers.away)
          this.#timers.away = 0
          this.link.value = 'connected'
        } else this.#watchAway()
        if (this.held.value && (status === 'connected' || this.held.value.what === 'lines')) this.held.value = undefined
        this.#outbox?.online(status === 'connected')
      },
      onWait: ({ code }, ms) => {
        if (code === 1013 || code === 4029) this.#hold('busy', ms)
        else this.held.value = undefined
      },
      onHello: (ok, restored) => {
        if (restored) this.#forgetRooms()
        this.#rooms.connected(restored)
        batch(() => {
          // Another tab may have become somebody else.
          this.#become(ok.participant)
          this.tongue.hello(ok.language)
        })
      },
      onEvent: (frame) => this.#event(frame),
      onRefused: (ended) => this.#refused(ended),
    })
    this.#client.start()
  }

  #hold(what: Held['what'], ms: number): void {
    this.held.value = { what, until: Date.now() + ms }
  }

  #watchAway(): void {
    if (this.#timers.away || this.link.value === 'away') return
    if (this.link.value === 'connected') this.link.value = 'connecting'
    this.#timers.away = setTimeout(() => {
      this.#timers.away = 0
      this.link.value = 'away'
    }, awayAfter) as unknown as number
  }

  async #refused({ code }: Ended): Promise<boolean> {
    if (code === 4401 && !this.#asked) {
      // One new session, then back. If that one is refused as well, something else is wrong.
      this.#asked = true
      clearTimeout(this.#timers.asked)
      this.#timers.asked = setTimeout(() => {
        this.#asked = false
      }, 60_000) as unknown as number
      const life = this.#life
      try {
        await this.#session()
        return true
      } catch (err) {
        if (life !== this.#life) return false
        if (!(err instanceof SessionError) || err.code !== 'token') return true
        this.#keep.remove('token')
        this.#tokenEnded = true
        this.#forgetRooms()
        return this.#session().then(
          () => true,
          (err) => {
            // The network went just now: the next 4401 asks once more.
            if (life === this.#life && !(err instanceof SessionError)) this.#asked = false
            return true
          },
        )
      }
    }
    if ((code === 1007 || code === 4400 || code === 4413) && this.#outbox?.broke('')) return true
    if (code === 4408) return true
    clearTimeout(this.#timers.away)
    this.link.value = 'refused'
    return false
  }

  #event(frame: EventFrame): void {
    if (frame.event === 'message') this.#arrived(frame.conversation, frame.message)
    this.#whoIsOnline(frame)
    if (this.#rooms.take(frame)) return
    if (frame.event === 'typing') this.#typing(frame.participant, frame.on)
  }

  /** The session said once whether somebody is there; who is heard of later corrects it. */
  #whoIsOnline(frame: EventFrame): void {
    if (frame.event === 'presence') this.#seen(frame.participant)
    // A line's author may have gone since it was written, so only his being there counts.
    else if (frame.event === 'message') frame.message.author.online && this.#seen(frame.message.author)
    else if (frame.event === 'conversation' || frame.event === 'rows')
      for (const p of frame.row?.participants ?? []) this.#seen(p)
  }

  #seen(p: Participant): void {
    if (p.kind === 'visitor') return
    const known = this.#online.size
    if (p.online) this.#online.add(p.id)
    else this.#online.delete(p.id)
    if (this.#online.size > 0) this.open.value = true
    else if (known > 0) this.open.value = false
  }

  #arrived(conversation: string, m: Message): void {
    if (m.author.id === this.me.value?.id) {
      if (m.key) this.#outbox?.stored(m.key)
      return
    }
    if (m.kind !== 'message') return
    if (this.typing.value?.id === m.author.id) this.typing.value = undefined
    const room = this.#rooms.get(conversation)
    // Below the floor it is an old line that has changed.
    if (m.seq < (room?.floor ?? 0) || room?.messages.some((o) => o.seq === m.seq)) return
    this.onMessage?.(m)
  }

  #typing(who: Participant, on: boolean): void {
    if (who.id === this.me.value?.id) return
    clearTimeout(this.#timers.typing)
    this.typing.value = on ? who : undefined
    if (on)
      this.#timers.typing = setTimeout(() => {
        this.typing.value = undefined
      }, typingForget) as unknown as number
  }

  #stopTyping(): void {
    clearTimeout(this.#timers.typed)
    const room = this.current.value
    if (this.#typedAt && room) this.#quietly('typing', { conversation: room.id, on: false })
    this.#typedAt = 0
  }

  /** For what may get lost without harm. */
  #quietly(
    name: 'typing' | 'read',
    fields: { conversation: string; on: boolean; text?: string } | { conversation: string; seq: number },
  ): void {
    this.#client?.call(name, fields as never).catch((err: unknown) => {
      if (!(err instanceof CallError)) throw err
    })
  }

  #newRooms(): Rooms {
    return new Rooms({
      sync: (conversation, since) => {
        this.#client?.call('sync', { conversation, since }).then(
          (rows) => this.#rooms.rows(rows),
          () => this.#rooms.unsynced(conversation),
        )
      },
      changed: (room) => {
        const over = room.row?.state === 'resolved' || [...this.#rooms.all()].some((r) => r.id > room.id)
        this.tongue.row(room.id, room.row?.language ?? '', over)
        this.#show(room)
      },
      gone: (id) => {
        this.rooms.value = this.rooms.value.filter((r) => r.id !== id)
      },
    })
  }

  // A catch-up of a hundred rows is a hundred changes and one drawing.
  #show(room: Room): void {
    if (this.#changed.size === 0)
      queueMicrotask(() => {
        const changed = new Map(this.#changed)
        this.#changed.clear()
        const kept = this.rooms.value.map((r) => {
          const next = changed.get(r.id) ?? r
          changed.delete(r.id)
          return next
        })
        this.rooms.value = [...kept, ...changed.values()]
      })
    this.#changed.set(room.id, room)
    for (const m of room.messages.slice(-5)) if (m.key && m.author.id === this.me.value?.id) this.#outbox?.stored(m.key)
  }
}

/** What is read at once is never unread: a line is given this long to be seen before the badge speaks of it. */
const settle = 150

/** Calls f with the number of unread lines, and whether there is a conversation that is not resolved, when they have changed. */
export function watch(talk: Talk, f: (unread: number, live: boolean) => void): void {
  let told = ''
  let timer: ReturnType<typeof setTimeout> | undefined
  effect(() => {
    const n = talk.unread.value
    const live = talk.current.value !== undefined && talk.current.value.row?.state !== 'resolved'
    clearTimeout(timer)
    timer = setTimeout(() => {
      if (told === `${n} ${live}`) return
      told = `${n} ${live}`
      f(n, live)
    }, settle)
  })
}
