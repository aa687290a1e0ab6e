// The conversations that this console follows, their lines, and who types in them. Rooms (shared) hold the truth; signals here
// tell the views what changed.
import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { Client } from '../../shared/client'
import { emptyRoom, type Room, Rooms } from '../../shared/rooms'
import type { EventFrame, Message, Participant, TypingFrame } from '../../shared/wire.gen'
import { Stretches } from './stretch'

/** Lines asked for when a reader scrolls up. */
const historyPage = 50
/** How long somebody is believed to type without saying so again, in ms (protocol, section 3.2). */
const typingForget = 8000
/** Rooms of conversations that are not followed any more are kept, so that coming back shows them at once. */
const keepRooms = 30

export type Loading = 'idle' | 'loading' | 'failed'

/** Somebody who types; of a visitor what he has typed and what it says, where the site shows it. */
export interface Typist extends Participant {
  text?: string
  translation?: string
}

export interface ChatsNeeds {
  client: Client
  changed(room: Room): void
  gone(conversation: string): void
  online: ReadonlySignal<boolean>
}

export class Chats {
  readonly rooms: Rooms
  /** Places far above what is loaded. */
  readonly stretches: Stretches
  readonly typing: Signal<ReadonlyMap<string, readonly Typist[]>> = signal(new Map())
  private readonly drawn = new Map<string, Signal<Room>>()
  private readonly loading = new Map<string, Signal<Loading>>()
  private readonly older = new Map<string, Signal<Loading>>()
  private readonly followed = new Set<string>()
  private readonly typers = new Map<string, ReturnType<typeof setTimeout>>()

  constructor(private readonly needs: ChatsNeeds) {
    this.rooms = new Rooms({
      sync: (conversation, since) => void this.sync(conversation, since),
      changed: (room) => {
        this.room(room.id).value = room
        this.stretches.heard(room.id)
        needs.changed(room)
      },
      gone: (conversation) => {
        this.followed.delete(conversation)
        needs.gone(conversation)
      },
    })
    this.stretches = new Stretches(needs.client, this.rooms, needs.online)
  }

  room(id: string): Signal<Room> {
    return made(this.drawn, id, () => signal(this.rooms.get(id) ?? emptyRoom(id)))
  }

  loadingOf(id: string): Signal<Loading> {
    return made(this.loading, id, () => signal<Loading>('idle'))
  }

  olderOf(id: string): Signal<Loading> {
    return made(this.older, id, () => signal<Loading>('idle'))
  }

  /** Places of the followed conversations, for hello. The others are asked for again when somebody opens them. */
  since(): Record<string, number> {
    const all = this.rooms.since()
    return Object.fromEntries(Object.entries(all).filter(([id]) => this.followed.has(id)))
  }

  connected(restored: boolean): void {
    if (restored) {
      this.stretches.leave()
      for (const [id, s] of this.drawn) s.value = emptyRoom(id)
    }
    this.rooms.connected(restored)
  }

  /** After hello: those that were asked for while there was no connection, or whose first answer never came. */
  resume(): void {
    for (const id of this.followed) if (!this.rooms.get(id)?.have) void this.open(id)
    void this.stretches.again()
  }

  /** Follows exactly these. */
  follow(ids: ReadonlySet<string>): void {
    for (const id of [...this.followed]) {
      if (ids.has(id)) continue
      this.followed.delete(id)
      // Without a connection there is nothing to stop: the next hello does not name it.
      this.needs.client.call('close', { conversation: id }).catch(() => {})
    }
    for (const id of ids) {
      if (this.followed.has(id)) continue
      this.followed.add(id)
      if (this.needs.online.peek()) void this.open(id)
    }
    this.forget()
  }

  take(frame: EventFrame): boolean {
    if (frame.event === 'typing') {
      this.typed(frame)
      return true
    }
    if (frame.event === 'message') {
      this.stopTyping(frame.conversation, frame.message.author.id)
      this.stretches.heard(frame.conversation, frame.message)
    }
    return this.rooms.take(frame)
  }

  /** A line that was answered to this console's own call. */
  upsert(id: string, line: Message): void {
    this.rooms.upsert(id, line)
    this.stretches.heard(id, line)
  }

  async open(id: string): Promise<void> {
    const loading = this.loadingOf(id)
    if (loading.peek() === 'loading') return
    loading.value = 'loading'
    const have = this.rooms.get(id)?.have
    try {
      const rows = await this.needs.client.call('open', { conversation: id, ...(have ? { since: have } : {}) })
      batch(() => {
        this.rooms.rows(rows)
        loading.value = 'idle'
      })
    } catch {
      // The bar tells of a lost connection, and resume asks again; anything else is shown in the thread.
      loading.value = this.needs.online.peek() ? 'failed' : 'idle'
    }
  }

  /** Loads lines before the oldest one that is here. */
  async loadOlder(id: string): Promise<void> {
    const room = this.rooms.get(id)
    const older = this.olderOf(id)
    if (!room || room.floor <= 1 || older.peek() === 'loading') return
    older.value = 'loading'
    try {
      const { messages } = await this.needs.client.call('history', {
        conversation: id,
        before: room.floor,
        limit: historyPage,
      })
      batch(() => {
        this.rooms.history(id, messages, messages.length < historyPage)
        older.value = 'idle'
      })
    } catch {
      older.value = 'failed'
    }
  }

  private async sync(conversation: string, since: number): Promise<void> {
    try {
      this.rooms.rows(await this.needs.client.call('sync', { conversation, since }))
    } catch {
      this.rooms.unsynced(conversation)
    }
  }

  private typed({ conversation, participant, on, text, translation }: TypingFrame): void {
    const before = this.typing
      .peek()
      .get(conversation)
      ?.find((p) => p.id === participant.id)
    if (!on) {
      this.stopTyping(conversation, participant.id)
      return
    }
    clearTimeout(this.typers.get(`${conversation} ${participant.id}`))
    const there =
      this.typing
        .peek()
        .get(conversation)
        ?.filter((p) => p.id !== participant.id) ?? []
    // The translation comes after its text, and is good enough until the next one comes.
    const says = text ? (translation ?? before?.translation) : undefined
    const typist: Typist = { ...participant, ...(text && { text }), ...(says && { translation: says }) }
    this.typing.value = new Map(this.typing.peek()).set(conversation, [...there, typist])
    const key = `${conversation} ${participant.id}`
    this.typers.set(
      key,
      setTimeout(() => this.stopTyping(conversation, participant.id), typingForget),
    )
  }

  private stopTyping(conversation: string, who: string): void {
    clearTimeout(this.typers.get(`${conversation} ${who}`))
    const there = this.typing.peek().get(conversation)
    if (!there?.some((p) => p.id === who)) return
    const left = there.filter((p) => p.id !== who)
    const next = new Map(this.typing.peek())
    if (left.length) next.set(conversation, left)
    else next.delete(conversation)
    this.typing.value = next
  }

  private forget(): void {
    for (const id of this.drawn.keys()) {
      if (this.drawn.size <= keepRooms) return
      if (this.followed.has(id)) continue
      this.drawn.delete(id)
      this.rooms.drop(id)
    }
  }
}

function made<T>(map: Map<string, T>, id: string, make: () => T): T {
  let v = map.get(id)
  if (v === undefined) {
    v = make()
    map.set(id, v)
  }
  return v
}
