// The agent's desk: everything that the views draw, in signals, and what an agent can do. Views read signals and call methods; only this
// file and what it is made of know the wire.
import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { Client } from '../../shared/client'
import type {
  AgentStatus,
  BudgetFrame,
  Conversation,
  EventFrame,
  HelloOK,
  Message,
  SiteInfo,
} from '../../shared/wire.gen'
import { mentions, spoke } from '../alert/news'
import { Files } from '../attach/files'
import { DraftStore } from '../composer/draft-store'
import { textIn } from '../composer/drafts'
import { Sending } from '../composer/sending'
import { Folds } from '../context/folds'
import { neighbour } from '../inbox/order'
import { InboxState } from '../inbox/state'
import { type Given, givenTo } from '../team/given'
import { Roster, statusAt } from '../team/roster'
import type { Anchor } from '../thread/anchor'
import { Chats } from '../thread/chats'
import { eventText } from '../thread/events'
import { glanceAt, type Words } from '../thread/reading'
import type { Selected } from '../thread/selection'
import { visitorName } from '../ui/marks'
import { Actions, reason } from './actions'
import { reads } from './languages'
import { Line } from './line'
import { watch } from './media'
import { Notices } from './notices'
import { maxPins, Pins } from './pins'
import type { Place, PlaceName } from './places'
import { RowStore } from './rows'
import { Settings } from './settings'
import { t } from './words'

/** A translation that this agent has just corrected. */
export interface Corrected {
  conversation: string
  seq: number
  from: string
  into: string
  original: string
  before: string
  after: string
}

/** box: whatever is being written there, a reply or a note. start: the same, unless the focus is somewhere already. */
export type FocusOn = 'box' | 'start' | 'reply' | 'note' | 'tag'

/** A way to the next conversation, which is known once the server has answered. */
export interface Way {
  to?: string | undefined
}

export class Desk {
  readonly settings = new Settings()
  readonly line: Line
  readonly chats: Chats
  readonly inbox: InboxState
  readonly sending: Sending
  readonly files: Files
  readonly act = new Actions(this)
  readonly drafts = new DraftStore()
  readonly notices = new Notices()
  readonly folds = new Folds()
  readonly pins = new Pins(
    (id) => (id === this.current.peek() ? '~' : (this.rows.peek().get(id)?.last?.at ?? '')),
    () => this.follow(),
  )

  readonly rows = new RowStore()
  readonly hello: Signal<HelloOK | undefined> = signal(undefined)
  readonly current: Signal<string | undefined> = signal(undefined)
  /** The page that is shown instead of inbox and conversation. */
  readonly place: Signal<Place | undefined> = signal(undefined)
  /** The dialog that is open over everything. */
  readonly dialog: Signal<'palette' | 'keys' | 'search' | undefined> = signal(undefined)
  /** Set while the server is asked for the conversation that comes next: keys wait for that one (keys/held.ts). A new object for each way. */
  readonly underWay: Signal<Way | undefined> = signal(undefined)
  /** On a narrow screen one pane is seen: the list, the talk, or what is known of the visitor. */
  readonly pane: Signal<'list' | 'talk' | 'context'> = signal('list')
  /** Asks a view to take the focus; a new object each time, so that asking twice works. */
  readonly focusOn: Signal<{ on: FocusOn } | undefined> = signal(undefined)
  /** The seq up to which lines had been read when the conversation was opened: what is new stands below a mark. */
  readonly unreadAfter: Signal<number> = signal(0)

  /** The server's time in ms, moving each second; and each minute, for what does not show seconds. */
  readonly now: Signal<number> = signal(Date.now())
  readonly minute = computed(() => Math.floor(this.now.value / 60_000) * 60_000)

  /** Too narrow for three panes; for more than one. */
  readonly narrow: Signal<boolean> = signal(false)
  readonly single: Signal<boolean> = signal(false)
  readonly contextShown = computed(() =>
    this.narrow.value ? this.pane.value === 'context' : this.settings.context.value === 'open',
  )

  readonly myId = computed(() => this.hello.value?.agent?.id ?? '')
  readonly myName = computed(() => this.hello.value?.agent?.name ?? '')
  /** Languages that the agent reads. The first is what lines are translated into. */
  readonly languages: Signal<readonly string[]> = signal([])
  readonly language: Signal<string> = signal('en')
  readonly sites: ReadonlySignal<readonly SiteInfo[]> = computed(() => this.hello.value?.sites ?? [])
  readonly typing
  /** Colleagues, and how they are set. */
  readonly roster: Roster
  readonly status: ReadonlySignal<AgentStatus> = computed(
    () => this.roster.mine.value ?? statusAt(this.hello.value?.agent ?? { status: 'available' }, this.minute.value),
  )
  /** Rows in which a visitor has just said something. */
  readonly news: Signal<readonly Conversation[]> = signal([])
  /** Rows that a colleague has just given to this agent, or added him to. */
  readonly given: Signal<readonly Given[]> = signal([])
  /** Rows with a note that has just called this agent. */
  readonly mentioned: Signal<readonly Conversation[]> = signal([])
  /** The note about a missing engine was read and put away. */
  readonly engineNoteGone: Signal<boolean> = signal(false)
  /** A line that goes back into its composer, to be edited. */
  readonly returned: Signal<{ conversation: string; text: string; note: boolean } | undefined> = signal(undefined)
  /** The last correction of this agent, for the glossary. */
  readonly corrected: Signal<Corrected | undefined> = signal(undefined)
  /** Counts the wishes for a translation back. */
  readonly backAsked: Signal<number> = signal(0)
  /** Counts the wishes to see the newest lines of the open conversation. */
  readonly newestAsked: Signal<number> = signal(0)
  /** The place at which each conversation was left, for those that were not left at the end. */
  readonly places = new Map<string, Anchor>()
  /** What was selected in the log of each. */
  readonly selections = new Map<string, Selected>()

  constructor() {
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
    const client = new Client({
      url: `${scheme}//${location.host}/agent/v1/socket`,
      hello: () => ({}),
      since: () => this.chats.since(),
      onStatus: (status) => {
        this.line.status(status)
        if (status === 'connected') this.connected()
      },
      onHello: (ok, restored) => this.greeted(ok, restored),
      onEvent: (frame) => this.event(frame),
      onRefused: (ended) => {
        // A line of ours ended the socket: it is put away, and the connection may come back without it.
        const faulty = ended.code === 1007 || ended.code === 4400 || ended.code === 4413
        return (faulty && this.sending.broke(t('error.refused'))) || this.line.refused(ended)
      },
    })
    this.line = new Line(client)
    this.chats = new Chats({
      client,
      online: this.line.online,
      changed: (room) => {
        if (room.row) this.roomTold(room.row)
        this.sending.seen(room)
      },
      gone: (id) => this.gone(id),
    })
    this.typing = this.chats.typing
    this.roster = new Roster({ call: (site) => client.call('agents', { site }), me: this.myId, minute: this.minute })
    this.inbox = new InboxState({
      rows: this.rows.all,
      me: this.myId,
      now: this.now,
      minute: this.minute,
      settings: this.settings,
      call: (call, fields) => client.call(call, fields),
      upsert: (rows) => this.rows.upsert(rows),
      mark: () => this.rows.mark(),
      stale: (id, mark) => this.rows.stale(id, mark),
      forget: (ids) => this.rows.remove(...ids.filter((id) => !this.follows(id))),
    })
    this.files = new Files(client, this.line.online, this.hello, (text) => this.notices.say(text))
    this.sending = new Sending(
      client,
      this.line.online,
      (id, message) => this.chats.rooms.upsert(id, message),
      {
        upload: (line) => this.files.upload(line),
        forget: (files) => this.files.forget(files),
      },
      (id) => void this.act.end(id),
    )
  }

  get client(): Client {
    return this.line.client
  }

  start(): () => void {
    this.client.start()
    const unwatch = [
      this.drafts.guard(),
      watch('(max-width: 999.98px)', this.narrow),
      watch('(max-width: 699.98px)', this.single),
    ]
    const tick = setInterval(() => {
      if (document.visibilityState === 'visible') this.now.value = this.client.now()
    }, 1000)
    return () => {
      clearInterval(tick)
      for (const stop of unwatch) stop()
      this.client.stop()
    }
  }

  row(id: string | undefined): Conversation | undefined {
    return id === undefined ? undefined : this.rows.value.get(id)
  }

  /**
   * Rows of an event or of an answer to a call. Which of the two comes first nobody knows, and the second changes nothing: what has changed is
   * counted with either.
   */
  told(rows: readonly Conversation[]): void {
    let resolved = false
    this.rows.upsert(rows, (before, after) => {
      this.inbox.counts.changed(before, after)
      resolved ||= after.state === 'resolved'
    })
    if (resolved) this.inbox.trim()
  }

  siteName(key: string): string {
    return this.sites.value.find((s) => s.key === key)?.name ?? key
  }

  /** Name of somebody who has to do with a conversation. */
  personName(id: string, row: Conversation | undefined): string {
    if (id === this.myId.value) return this.myName.value
    if (row?.visitor.id === id) return visitorName(row.visitor)
    return row?.participants.find((p) => p.id === id)?.name ?? this.roster.person(id)?.name ?? t('person.other')
  }

  eventText(line: Message, row: Conversation | undefined): string {
    return eventText(line, this.myId.value, (id) => this.personName(id, row), row?.rating)
  }

  /** The last line of a conversation, as lists show it. */
  glance(row: Conversation): Words | undefined {
    const site = this.sites.value.find((s) => s.key === row.site)?.language ?? ''
    return row.last && glanceAt(row.last, this.language.value, this.languages.value, site)
  }

  /** How the draft of a conversation begins, as lists show it; nothing for the one whose box is seen. */
  draft(id: string): string {
    const seen = this.current.value === id && this.pane.value !== 'list'
    if (seen) return ''
    const draft = this.drafts.of(id).value
    return (draft.text.trim() || textIn(draft, !draft.note).trim()).slice(0, 160)
  }

  /** Whether lines have to be translated between this agent and the customer. */
  foreign(row: Conversation): boolean {
    return !reads([this.language.value, ...this.languages.value], row.language)
  }

  // Moving about.

  open(id: string | undefined, how?: 'click'): void {
    if (id === undefined) return
    const row = this.rows.peek().get(id)
    const writing = this.current.peek() !== id && document.activeElement?.matches('.box textarea')
    batch(() => {
      if (this.current.peek() !== id) this.unreadAfter.value = row && row.unread > 0 ? row.read.agents : 0
      this.stay()
      this.place.value = undefined
      this.current.value = id
      this.chats.stretches.leave()
      this.pane.value = 'talk'
      if (row?.assignee === this.myId.peek() && row.state === 'open') this.pins.add(id)
    })
    this.follow()
    // A finger that opens a conversation wants to read; the keyboard would cover half of it. Who had something selected here
    // finds it selected.
    const selected = this.selections.get(id)
    // Who was writing goes on in this box: out of it letters would be commands.
    if (writing) {
      this.selections.delete(id)
      this.focus('box')
    } else if (how === 'click' && matchMedia('(pointer: fine)').matches) {
      if (selected) selected.elseBox = true
      else this.focus('box')
    }
  }

  /** Opens a conversation at one of its lines; at 0 as ever. */
  openAt(id: string, seq: number): void {
    this.open(id)
    if (seq > 0) void this.chats.stretches.show(id, seq)
  }

  /** Closes the open conversation and shows the list. */
  leave(): void {
    batch(() => {
      this.place.value = undefined
      this.current.value = undefined
      this.pane.value = 'list'
    })
    this.follow()
  }

  /** Shows a page; the conversation that is open waits behind it. */
  go(name: PlaceName, site?: string): void {
    this.place.value = { name, ...(site !== undefined && { site }) }
  }

  /** Back from a page to inbox and conversation, as they were left. */
  goInbox(): void {
    this.place.value = undefined
  }

  step(by: 1 | -1): void {
    this.inbox.release()
    this.open(neighbour(this.inbox.shown.peek().ids, this.current.peek() ?? '', by))
  }

  /** The next whose customer waits, the longest first, of one's own and nobody's. The server knows them all, but not what is on its way there. */
  async nextWaiting(): Promise<void> {
    this.inbox.release()
    const answered = this.sending.answered()
    const way = this.setOut()
    try {
      const rows = (await this.inbox.waiting()).filter((row) => !answered.has(row.id))
      if (this.underWay.peek() !== way) return
      const next = rows[(rows.findIndex((row) => row.id === this.current.peek()) + 1) % Math.max(1, rows.length)]
      if (!next || next.id === this.current.peek()) return this.notices.say(t('empty.all.title'))
      way.to = next.id
      this.openRow(next)
    } catch (err) {
      this.notices.say(reason(err), 'error')
    } finally {
      this.arrive(way)
    }
  }

  /** Keys wait for the conversation that comes next, until somebody opens one or points at something else. */
  setOut(): Way {
    const way: Way = {}
    this.underWay.value = way
    return way
  }

  /** The way has led nowhere, or it has led here. */
  arrive(way: Way | undefined): void {
    if (way && this.underWay.peek() === way) this.stay()
  }

  stay(): void {
    this.underWay.value = undefined
  }

  /** Opens a conversation that the server has found; it may be on no list here. */
  openRow(row: Conversation): void {
    this.told([row])
    this.open(row.id, 'click')
  }

  /** A pin by hand. A full strip says what to do; it is not for a key to take somebody out of it. */
  togglePin(id: string): void {
    if (this.pins.full(id)) this.notices.say(t('pins.full', { n: maxPins }))
    else this.pins.toggle(id)
  }

  /** A dialog has closed. It says so late: another may be open by then, and stays. */
  closed(dialog: 'palette' | 'keys' | 'search'): void {
    if (this.dialog.peek() === dialog) this.dialog.value = undefined
  }

  openPinned(at: number): void {
    this.open(this.pins.list.peek()[at])
  }

  focus(on: FocusOn): void {
    this.focusOn.value = { on }
  }

  putBack(conversation: string, text: string, note: boolean): void {
    this.returned.value = { conversation, text, note }
  }

  /** Beside the conversation where there is room, instead of it where there is none. */
  toggleContext(): void {
    if (this.narrow.peek()) {
      this.pane.value = this.pane.peek() === 'context' ? 'talk' : 'context'
      return
    }
    const { context } = this.settings
    context.value = context.peek() === 'open' ? 'shut' : 'open'
  }

  /** The field for tags, in the pane that it stands in, which opens for it. */
  tag(): void {
    if (!this.contextShown.peek()) this.toggleContext()
    if (this.folds.folded.peek().has('tags')) this.folds.toggle('tags')
    this.focus('tag')
  }

  private follows(id: string): boolean {
    return this.current.peek() === id || this.pins.list.peek().includes(id)
  }

  private follow(): void {
    const ids = new Set(this.pins.list.peek())
    const current = this.current.peek()
    if (current) ids.add(current)
    this.chats.follow(ids)
  }

  private greeted(ok: HelloOK, restored: boolean): void {
    batch(() => {
      const before = this.hello.peek()?.agent?.id
      // Somebody else has signed in on this page: nothing of the one before him stays.
      const other = before !== undefined && before !== ok.agent?.id
      if (before !== ok.agent?.id) this.begin(ok)
      this.hello.value = ok
      this.language.value = ok.language
      this.languages.value = ok.agent?.languages ?? [ok.language]
      if (restored || other) this.rows.clear()
      if (other) {
        this.roster.clear()
        this.places.clear()
        this.selections.clear()
      }
      this.now.value = this.client.now()
      this.chats.connected(restored || other)
    })
  }

  private begin(ok: HelloOK): void {
    const me = ok.agent?.id ?? ''
    this.settings.begin(me)
    this.drafts.begin(me)
    this.pins.begin(me)
    this.files.begin(me)
    this.sending.begin(me)
  }

  private connected(): void {
    this.inbox.reload()
    void this.roster.load(this.sites.peek().map((s) => s.key))
    this.follow()
    this.chats.resume()
  }

  private event(frame: EventFrame): void {
    batch(() => {
      if (this.chats.take(frame)) return
      if (frame.event === 'inbox') {
        const spoken = frame.conversations.filter((row) => spoke(this.rows.peek().get(row.id), row))
        const given = this.givenBy(frame.conversations)
        const calling = frame.conversations.filter((row) =>
          mentions(this.rows.peek().get(row.id), row, this.myId.peek()),
        )
        this.told(frame.conversations)
        if (given.length) this.given.value = given
        // What is known of a customer takes no rev: without this the older row of a followed conversation would come back with its next event.
        for (const { id } of frame.conversations)
          if (this.chats.rooms.get(id)) this.chats.rooms.upsert(id, undefined, this.rows.peek().get(id))
        if (spoken.length) this.news.value = spoken
        if (calling.length) this.mentioned.value = calling
      } else if (frame.event === 'presence') this.rows.presence(frame.participant.id, frame.participant.online)
      else if (frame.event === 'agents') this.roster.take(frame)
      else if (frame.event === 'budget') this.budget(frame)
    })
  }

  private givenBy(rows: readonly Conversation[]): Given[] {
    return givenTo(this.rows.peek(), rows, this.myId.peek(), this.act.own)
  }

  /** Of a conversation that is followed its own event may come before the inbox's, which is no news then. What was not known yet is what is opened, and no news at all. */
  private roomTold(row: Conversation): void {
    const old = this.rows.peek().get(row.id)
    const given = old && old.head < row.head ? this.givenBy([row]) : []
    this.told([row])
    if (given.length) this.given.value = given
  }

  private budget({ site, budget }: BudgetFrame): void {
    const hello = this.hello.peek()
    if (!hello?.sites) return
    this.hello.value = { ...hello, sites: hello.sites.map((s) => (s.key === site ? { ...s, budget } : s)) }
  }

  private gone(id: string): void {
    this.rows.remove(id)
    this.pins.remove(id)
    this.places.delete(id)
    this.selections.delete(id)
    if (this.current.peek() === id) this.current.value = undefined
  }
}

const DeskContext = createContext<Desk | undefined>(undefined)

export const DeskProvider = DeskContext.Provider

export function useDesk(): Desk {
  const desk = useContext(DeskContext)
  if (!desk) throw new Error('a view of the console stands outside of its desk')
  return desk
}
