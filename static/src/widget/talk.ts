// The visitor's side of the talk: session, socket, rooms and outbox put together, and what the screens show of them as signals.
import type { Signal } from '@preact/signals'
import { batch, computed, signal } from '@preact/signals'
import type { Ended } from '../shared/client'
import { CallError, Client } from '../shared/client'
import type { Line, LineFile } from '../shared/outbox'
import { attached } from '../shared/outbox'
import type { Room } from '../shared/rooms'
import { Rooms } from '../shared/rooms'
import type {
  EventFrame,
  Face,
  Flag,
  Message,
  Participant,
  Rate,
  Send,
  SendOK,
  SiteTexts,
  UploadLimits,
} from '../shared/wire.gen'
import type { Keep } from './keep'
import type { Held, Link } from './link'
import { Online } from './online'
import { OwnLines } from './own_lines'
import { Person } from './person'
import { askSession, SessionError } from './session'
import type { Settings } from './settings'
import { delivery, thread, unread } from './thread'
import { Tongue } from './tongue'
import { OthersTyping, OwnTyping } from './typing'

/** A lost connection is told only if it lasts: a change of network takes a second and troubles nobody. */
const awayAfter = 2500

export class Talk {
  readonly link = signal<Link>('asleep')
  readonly me = signal<Participant | undefined>(undefined)
  readonly tongue: Tongue
  readonly person = new Person()
  readonly language: Tongue['language']
  /** An agent of the site is online. */
  readonly open = signal<boolean | undefined>(undefined)
  /** The shop's own texts in the visitor's language. */
  readonly texts: Signal<SiteTexts>
  /** Who of the shop is online, and how soon they answer; 0: nobody can tell. */
  readonly desk = signal<{ agents: readonly Face[]; seconds: number }>({ agents: [], seconds: 0 })
  readonly rooms = signal<readonly Room[]>([])
  readonly lines: OwnLines['all']
  readonly #others = new OthersTyping()
  readonly typing = this.#others.who
  readonly held = signal<Held | undefined>(undefined)
  /** What the server says of files: how large, and how many in a line. */
  readonly uploads = signal<UploadLimits | undefined>(undefined)
  /** Agents read what is being typed: the site wants it, and the visitor has not said no. */
  readonly preview = signal(false)

  readonly days = computed(() => thread(this.rooms.value, this.lines.value, this.me.value?.id ?? ''))
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
  readonly #own: OwnLines
  readonly #keep: Keep
  #client: Client | undefined
  #rooms: Rooms
  #beginning: Promise<void> | undefined
  #timers = { away: 0, again: 0, asked: 0 }
  readonly #ownTyping = new OwnTyping(
    (on, text) => {
      const room = this.current.value
      if (room) this.#quietly('typing', { conversation: room.id, on, ...(text !== undefined && { text }) })
    },
    () => this.preview.peek(),
  )
  #attempt = 0
  /** Rises with every reset: what an earlier life still waits for must not come back into this one. */
  #life = 0
  /** The token that was asked with last. */
  #tried: string | undefined
  /** The signature that was asked with last. */
  #triedIdentity: string | undefined
  /** The server has ended the token for another one (4002): who comes next is the same person, known better. */
  #renewed = false
  /** The token has ended on the server: whoever comes next in this page is the same person, and his lines go with him. */
  #tokenEnded = false
  #asked = false
  #changed = new Map<string, Room>()
  /** By how much this machine's clock is ahead of the server's, in ms. */
  #ahead = 0
  readonly #online = new Online()

  constructor(settings: Settings, keep: Keep) {
    this.#settings = settings
    this.#own = new OwnLines({
      site: settings.site.key,
      send: (line) => this.#post(line),
      upload: (line) => this.#upload(line),
      forget: (files) => this.files?.forget(files),
      sent: (ok) => this.#rooms.upsert(ok.conversation, ok.message),
      held: (ms) => this.#hold('lines', ms),
      // As long as lines wait for their turn it is said, also in the moments in which one of them is on its way.
      still: () => {
        if (this.held.peek()?.what === 'lines') this.held.value = undefined
      },
    })
    this.lines = this.#own.all
    this.#keep = keep
    this.tongue = new Tongue(keep, settings.language)
    this.language = this.tongue.language
    this.texts = signal(settings.site.texts)
    this.preview.value = settings.site.typing_preview === true && keep.get('preview') !== 'off'
    this.#rooms = this.#newRooms()
    this.person.onSigned = () => void this.#signed()
  }

  /** A time of the server's on this machine's clock, in ms. */
  here(at: string): number {
    return Date.parse(at) + this.#ahead
  }

  /** How far lines were delivered, as it is kept. */
  get delivered(): string {
    return this.#keep.get('delivered') ?? ''
  }

  get known(): boolean {
    return this.#keep.get('token') !== undefined
  }

  /** The visitor has acted, in this page or an earlier one: he has a token, or has written what waits for one. */
  get acted(): boolean {
    return this.known || this.lines.peek().length > 0
  }

  /** Begins the session, once. The visitor has acted: from here on a token is kept. */
  begin(): Promise<void> {
    this.#beginning ??= this.#begin()
    return this.#beginning
  }

  send(text: string, language?: string, files: readonly LineFile[] = []): void {
    const line = { conversation: '', text, ...(language && { language }), ...(files.length > 0 && { files }) }
    this.#ownTyping.stop()
    // The session may still be asked for: the line is shown, and waits for its owner.
    if (!this.#own.add(line)) void this.begin()
  }

  retry(key: string): void {
    this.#own.retry(key)
  }

  /** Takes a line that was not sent out of the log, and returns it. */
  take(key: string): Line | undefined {
    return this.#own.take(key)
  }

  typed(text: string): void {
    if (this.current.value && this.#client?.status === 'connected') this.#ownTyping.typed(text)
  }

  setPreview(on: boolean): void {
    this.#ownTyping.stop()
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

  /** Tells that a translation is wrong, or how a chat was that has ended; whether that got through. */
  async tell(...[what, fields]: ['flag', Flag] | ['rate', Rate]): Promise<boolean> {
    if (this.#client?.status !== 'connected') return false
    return this.#client.call(what, fields as never).then(
      () => true,
      () => false,
    )
  }

  /** Ends the conversation; whether that got through. */
  async end(): Promise<boolean> {
    const room = this.current.value
    if (!room || !this.#client) return false
    try {
      const row = await this.#client.call('state', { conversation: room.id, state: 'resolved' })
      this.#rooms.upsert(room.id, undefined, row)
      return true
    } catch {
      return false
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
    for (const name of ['token', 'signed', 'draft', 'delivered'] as const) this.#keep.remove(name)
    this.tongue.reset()
  }

  /** As reset, for a tab that another one has told: what the browser keeps is of whoever is there now, and stays. */
  async forget(): Promise<void> {
    this.#life++
    this.person.reset() // at once: what the page says next is about somebody else
    // First the client: its end starts the timer that tells of a lost connection.
    this.#client?.stop()
    for (const timer of Object.values(this.#timers)) clearTimeout(timer)
    this.#timers = { away: 0, again: 0, asked: 0 }
    this.#ownTyping.reset()
    this.#others.reset()
    await this.#own.forget()
    this.#keep.forget('token', 'draft', 'signed', 'delivered')
    this.#client = this.#beginning = undefined
    this.#tokenEnded = this.#asked = this.#renewed = false
    this.#attempt = 0
    this.#online.clear()
    batch(() => {
      this.#forgetRooms()
      this.link.value = 'asleep'
      this.held.value = undefined
      this.me.value = undefined
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
    if (this.#own.ready) await this.#own.ready
    if (life !== this.#life) return
    for (;;) {
      try {
        await this.#session()
        if (life !== this.#life) return
        break
      } catch (err) {
        if (life !== this.#life) return
        if (await this.#unsigned(err)) continue
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
      this.#dropToken()
      return 0
    }
    if (err.code === 'rate') return err.retryAfterS * 1000
    if (err.code === 'origin' || err.code === 'not_found' || err.code === 'forbidden') {
      clearTimeout(this.#timers.away)
      this.link.value = 'refused'
    }
    return undefined
  }

  /** What is wrong is the shop's signature: waits for another, or until the visitor goes on without. Tells whether it was that. */
  async #unsigned(err: unknown): Promise<boolean> {
    if (!(err instanceof SessionError) || err.code !== 'identity') return false
    clearTimeout(this.#timers.away)
    this.#timers.away = 0
    const life = this.#life
    await this.person.refuse(err.message, this.#triedIdentity)
    return life === this.#life
  }

  /** The page has brought a signature. A talk that goes on becomes the person's. */
  async #signed(): Promise<void> {
    if (!this.#client || !this.person.identity) return
    const before = this.#keep.get('token')
    const life = this.#life
    try {
      await this.#session()
    } catch (err) {
      if (life === this.#life && err instanceof SessionError && err.code === 'token') this.#dropToken()
      else if (life === this.#life) void this.#unsigned(err)
      return
    }
    if (life !== this.#life || this.#keep.get('token') === before) return
    this.#client?.stop()
    this.#connect()
  }

  /** The visitor goes on as a stranger, whom the shop has not signed for: also a person's token stays behind. */
  guest(): void {
    if (this.#keep.get('signed')) for (const name of ['token', 'signed'] as const) this.#keep.remove(name)
    this.person.guest()
  }

  /** Forgets a token that is not good, unless another tab has a new one by now. */
  #dropToken(): void {
    if (this.#keep.get('token') === this.#tried) this.#keep.remove('token')
    this.person.again()
  }

  async #session(): Promise<void> {
    const wanted = this.language.value
    const life = this.#life
    const { identity, page } = this.person
    this.#tried = this.#keep.get('token')
    this.#triedIdentity = identity
    const ok = await askSession({
      site: this.#settings.site.key,
      languages: [wanted, ...navigator.languages.filter((l) => l !== wanted)].slice(0, 16),
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      token: this.#tried,
      page,
      ...(identity && { identity }),
    })
    if (life !== this.#life) return
    this.person.begun(page, identity)
    this.held.value = undefined
    this.#keep.set('token', ok.token)
    if (ok.visitor.verified) this.#keep.set('signed', 'yes')
    else this.#keep.remove('signed')
    if (this.#tokenEnded) this.#own.takeBack()
    this.#tokenEnded = false
    batch(() => {
      this.#become(ok.visitor, ok.was)
      this.open.value = ok.open
      // Another language may have been chosen since, and its texts may be here.
      if (this.language.peek() === wanted) this.texts.value = ok.site.texts
      this.desk.value = { agents: ok.agents ?? [], seconds: ok.replies_in_s ?? 0 }
      this.uploads.value = ok.uploads
      this.tongue.begun(ok.language)
    })
  }

  /** The server says who we are. Somebody else than before sees nothing of him, and sends none of his lines. */
  #become(who: Participant, was?: string): void {
    const before = this.me.peek()
    if (before && before.id !== who.id) this.#forgetRooms()
    this.me.value = who
    this.#own.become(who.id, was ?? (this.#renewed ? before?.id : undefined))
    this.#renewed = false
  }

  #post(line: Line): Promise<SendOK> {
    const { key, text, language, files } = line
    const send: Send = { key, text, ...(language && { language }), ...(files && { attachments: files.map(attached) }) }
    return this.#client!.call('send', send)
  }

  #upload(line: Line): Promise<readonly LineFile[]> {
    return this.files?.upload(line) ?? Promise.reject(new CallError('unavailable', 'Nobody uploads files.'))
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
        this.#own.online(status === 'connected')
        this.person.online(status === 'connected' ? (name, fields) => this.#client!.call(name, fields) : undefined)
        if (status === 'connected') void this.#signed()
      },
      onWait: ({ code }, ms) => {
        this.#renewed ||= code === 4002
        if (code === 1013 || code === 4029) this.#hold('busy', ms)
        else this.held.value = undefined
      },
      onHello: (ok, restored) => {
        if (restored) this.#forgetRooms()
        this.#ahead = Date.now() - Date.parse(ok.server_time)
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
        if (await this.#unsigned(err)) this.#asked = false
        if (!(err instanceof SessionError) || err.code !== 'token') return true
        this.#dropToken()
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
    if ((code === 1007 || code === 4400 || code === 4413) && this.#own.broke()) return true
    if (code === 4408) return true
    clearTimeout(this.#timers.away)
    this.link.value = 'refused'
    return false
  }

  #event(frame: EventFrame): void {
    if (frame.event === 'message') this.#arrived(frame.conversation, frame.message)
    this.open.value = this.#online.heard(frame) ?? this.open.peek()
    if (this.#rooms.take(frame)) return
    if (frame.event === 'typing' && frame.participant.id !== this.me.value?.id)
      this.#others.heard(frame.participant, frame.on)
  }

  #arrived(conversation: string, m: Message): void {
    if (m.author.id === this.me.value?.id) {
      if (m.key) this.#own.stored(m.key)
      return
    }
    if (m.kind !== 'message') return
    this.#others.forget(m.author.id)
    const room = this.#rooms.get(conversation)
    // Below the floor it is an old line that has changed.
    if (m.seq < (room?.floor ?? 0) || room?.messages.some((o) => o.seq === m.seq)) return
    this.onMessage?.(m)
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
    const told = delivery(room, this.delivered)
    if (told) this.#keep.set('delivered', told)
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
    for (const m of room.messages.slice(-5)) if (m.key && m.author.id === this.me.value?.id) this.#own.stored(m.key)
  }
}
