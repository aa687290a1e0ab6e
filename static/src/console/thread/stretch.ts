// A place in a conversation that is far above what is loaded: the lines around it, which grow both ways until they meet what is loaded. As long as they
// do not, they stand in its place.
import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { Client } from '../../shared/client'
import type { Rooms } from '../../shared/rooms'
import type { Message } from '../../shared/wire.gen'
import type { Loading } from './chats'

/** Lines that are asked for at once. */
const page = 50
/** How many of them come after the one that is looked for. */
const after = 20

export interface Stretch {
  /** By seq, ascending, without gaps. */
  messages: readonly Message[]
  /** There is nothing before the first of them. */
  begins: boolean
}

/** A line that is to be shown; a new object each time, so that the same place can be asked for twice. */
export interface Spot {
  conversation: string
  seq: number
}

export class Stretches {
  readonly spot: Signal<Spot | undefined> = signal(undefined)
  readonly loading: Signal<Loading> = signal('idle')
  readonly #open: Signal<{ id: string; stretch: Stretch } | undefined> = signal(undefined)

  constructor(
    private readonly client: Pick<Client, 'call'>,
    private readonly rooms: Pick<Rooms, 'get' | 'history'>,
    private readonly online: ReadonlySignal<boolean>,
  ) {}

  /** What is shown of a conversation instead of its newest lines. */
  of(id: string): Stretch | undefined {
    const open = this.#open.value
    return open?.id === id ? open.stretch : undefined
  }

  /** Shows the newest lines again. */
  leave(): void {
    batch(() => {
      this.#open.value = undefined
      this.spot.value = undefined
      this.loading.value = 'idle'
    })
  }

  /** Shows the line with this number. */
  async show(conversation: string, seq: number): Promise<void> {
    const spot = { conversation, seq }
    batch(() => {
      this.#open.value = undefined
      this.loading.value = 'idle'
      this.spot.value = spot
    })
    if (!this.#loaded(conversation, seq)) await this.#around(spot)
  }

  /** Fetches the lines around a place that could not be fetched before. */
  async again(): Promise<void> {
    const spot = this.spot.peek()
    if (spot && !this.#open.peek() && !this.#loaded(spot.conversation, spot.seq)) await this.#around(spot)
  }

  async older(): Promise<void> {
    const open = this.#open.peek()
    const first = open?.stretch.messages[0]?.seq
    if (!open || open.stretch.begins || first === undefined) return
    await this.#fetch(open.id, first, (older, now) => ({
      messages: [...older.filter((m) => m.seq < first), ...now],
      begins: older.length < page,
    }))
  }

  async newer(): Promise<void> {
    const open = this.#open.peek()
    const last = open?.stretch.messages.at(-1)?.seq
    if (!open || last === undefined) return
    await this.#fetch(open.id, last + page + 1, (newer, now) => ({
      messages: [...now, ...newer.filter((m) => m.seq > last)],
      begins: open.stretch.begins,
    }))
  }

  /** A line has changed, or what is loaded has. */
  heard(conversation: string, message?: Message): void {
    const open = this.#open.peek()
    if (open?.id !== conversation) return
    const at = message ? open.stretch.messages.findIndex((m) => m.seq === message.seq && m.rev < message.rev) : -1
    if (message && at >= 0)
      this.#set(conversation, { ...open.stretch, messages: open.stretch.messages.with(at, message) })
    else this.#meet()
  }

  #loaded(conversation: string, seq: number): boolean {
    const room = this.rooms.get(conversation)
    return room !== undefined && room.have > 0 && room.floor <= seq
  }

  async #around(spot: Spot): Promise<void> {
    await this.#fetch(
      spot.conversation,
      spot.seq + after + 1,
      (messages) => ({ messages, begins: messages.length < page }),
      spot,
    )
  }

  async #fetch(
    conversation: string,
    before: number,
    joined: (got: readonly Message[], now: readonly Message[]) => Stretch,
    spot = this.spot.peek(),
  ): Promise<void> {
    if (this.loading.peek() === 'loading' && this.spot.peek() === spot && this.#open.peek()) return
    this.loading.value = 'loading'
    try {
      const { messages } = await this.client.call('history', { conversation, before, limit: page })
      // Somebody has gone elsewhere meanwhile.
      if (this.spot.peek() !== spot) return
      batch(() => {
        this.loading.value = 'idle'
        this.#set(conversation, joined(messages, this.#open.peek()?.stretch.messages ?? []))
      })
    } catch {
      if (this.spot.peek() === spot) this.loading.value = this.online.peek() ? 'failed' : 'idle'
    }
  }

  #set(id: string, stretch: Stretch): void {
    this.#open.value = { id, stretch }
    this.#meet()
  }

  /** Where the stretch has met what is loaded, both are one. */
  #meet(): void {
    const open = this.#open.peek()
    const room = open && this.rooms.get(open.id)
    const last = open?.stretch.messages.at(-1)?.seq
    if (!open || !room || room.have === 0 || last === undefined || last + 1 < room.floor) return
    batch(() => {
      // First: what is loaded tells of its change, and that comes back here.
      this.#open.value = undefined
      this.rooms.history(open.id, open.stretch.messages, open.stretch.begins)
    })
  }
}
