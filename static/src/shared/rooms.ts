// What a client holds of its conversations, and how each frame changes it (protocol.md, section 5). `step` is pure:
// a room and something heard give the next room and, where the place was lost, the wish to sync. `Rooms` keeps the rooms.
//
// Rows replace each other by rev, so that twice is harmless and an old one is refused. `have` is moved by what the protocol
// names (events with prev, rows) and by nothing else.
import type {
  Conversation,
  ConversationFrame,
  DeliveredFrame,
  EventFrame,
  Message,
  MessageFrame,
  ReadFrame,
  Rows,
} from './wire.gen'

export interface Room {
  readonly id: string
  /** The place: every row of our view up to this rev is here. */
  readonly have: number
  readonly row?: Conversation
  /** By seq, ascending. */
  readonly messages: readonly Message[]
  /** Our lines up to this seq are at an agent's console, as far as we were told here (visitors). */
  readonly delivered: number
  /** Lines below this seq are not loaded; 0 if there are none. Then `history` with before = floor brings more. */
  readonly floor: number
  /** A sync was asked for and is not answered; what comes meanwhile waits in `held`. */
  readonly syncing: boolean
  readonly held: readonly (MessageFrame | ConversationFrame)[]
  /** In the middle of a reset that comes in pieces. */
  readonly resetting: boolean
}

export type Heard =
  | MessageFrame
  | ConversationFrame
  | ReadFrame
  | DeliveredFrame
  /** rows after hello, or the answer of open or sync */
  | { event: 'rows'; rows: Rows }
  /** the row of a reply: an upsert that does not move the place */
  | { event: 'upsert'; message?: Message; row?: Conversation }
  /** the answer of history; `end` is true if there is nothing older */
  | { event: 'history'; messages: readonly Message[]; end: boolean }
  /** a new connection: nothing asked on the old one will be answered */
  | { event: 'connected' }
  /** the sync was not answered */
  | { event: 'unsynced' }

export interface Step {
  room: Room
  /** Call sync with since = room.have. */
  sync: boolean
}

export function emptyRoom(id: string): Room {
  return { id, have: 0, messages: [], delivered: 0, floor: 0, syncing: false, held: [], resetting: false }
}

export function step(room: Room, heard: Heard): Step {
  switch (heard.event) {
    case 'message':
      // It holds whatever becomes of the row.
      return live(heard.delivered ? withDelivered(room, heard.message.seq) : room, heard)
    case 'conversation':
      return live(room, heard)
    case 'rows':
      return catchUp(room, heard.rows)
    case 'upsert': {
      let next = room
      if (heard.message) next = { ...next, messages: upsert(next.messages, [heard.message], next.floor) }
      if (heard.row) next = withRow(next, heard.row)
      return { room: next, sync: false }
    }
    case 'history': {
      const floor = heard.end ? 0 : Math.min(room.floor, ...heard.messages.map((m) => m.seq))
      return { room: { ...room, floor, messages: upsert(room.messages, heard.messages, floor) }, sync: false }
    }
    case 'read':
      return { room: withMark(room, heard), sync: false }
    case 'delivered':
      return { room: withDelivered(room, heard.seq), sync: false }
    case 'connected':
      // A reset that was cut before its first line has loaded nothing, and nothing is below it.
      return {
        room: {
          ...room,
          syncing: false,
          held: [],
          resetting: false,
          floor: Number.isFinite(room.floor) ? room.floor : 0,
        },
        sync: false,
      }
    case 'unsynced':
      return { room: { ...room, syncing: false, held: [] }, sync: false }
  }
}

function live(room: Room, frame: MessageFrame | ConversationFrame): Step {
  if (frame.rev <= room.have) return { room, sync: false }
  if (room.syncing) return { room: { ...room, held: [...room.held, frame] }, sync: false }
  if (frame.prev > room.have) return { room: { ...room, syncing: true, held: [frame] }, sync: true }
  const next = { ...room, have: frame.rev }
  if (frame.event === 'conversation') return { room: withRow(next, frame.row), sync: false }
  return { room: { ...next, messages: upsert(room.messages, [frame.message], room.floor) }, sync: false }
}

function catchUp(room: Room, rows: Rows): Step {
  // An answer that was overtaken by a later one may only add rows; it must not move the place back.
  let next: Room = { ...room, have: Math.max(room.have, rows.head), resetting: rows.reset && rows.more }
  if (rows.reset && !room.resetting) {
    // Only the newest lines come after a reset; what is older is for history.
    next = { ...next, have: rows.head, messages: [], floor: Number.POSITIVE_INFINITY }
    delete (next as { row?: Conversation }).row
  }
  if (rows.reset || room.resetting) {
    next = { ...next, floor: Math.min(next.floor, ...rows.messages.map((m) => m.seq)), resetting: rows.more }
  }
  next = { ...next, messages: upsert(next.messages, rows.messages, next.floor) }
  if (rows.row) next = withRow(next, rows.row)
  if (next.resetting) return { room: { ...next, syncing: true }, sync: false }
  if (next.floor === Number.POSITIVE_INFINITY) next = { ...next, floor: 0 }
  // What is told live before the last piece waits for it, as during a sync.
  if (rows.more) return { room: { ...next, syncing: true }, sync: false }

  const held = [...next.held].sort((a, b) => a.rev - b.rev)
  let result: Step = { room: { ...next, syncing: false, held: [] }, sync: false }
  for (const frame of held) {
    const s = live(result.room, frame)
    result = { room: s.room, sync: result.sync || s.sync }
  }
  return result
}

// Fields that have no rev (last, unread, read marks) follow from head, so the higher pair of both wins.
function withRow(room: Room, row: Conversation): Room {
  const old = room.row
  if (old && (row.rev < old.rev || (row.rev === old.rev && row.head < old.head))) return room
  return { ...room, row }
}

// Marks only rise; all agents share one. Who has read everything has nothing unread: of a conversation that has ended no inbox tells that.
function withMark(room: Room, { participant, seq }: ReadFrame): Room {
  const side = participant.kind === 'visitor' ? 'visitor' : 'agents'
  if (!room.row || room.row.read[side] >= seq) return room
  const unread = side === 'agents' && seq >= room.row.seq ? 0 : room.row.unread
  return { ...room, row: { ...room.row, unread, read: { ...room.row.read, [side]: seq } } }
}

function withDelivered(room: Room, seq: number): Room {
  return seq > room.delivered ? { ...room, delivered: seq } : room
}

/** Returns the same array if nothing changed, so that nothing is drawn again. */
function upsert(old: readonly Message[], rows: readonly Message[], floor: number): readonly Message[] {
  let next: Message[] | undefined
  for (const m of rows) {
    if (m.seq < floor) continue
    const list = next ?? old
    const at = place(list, m.seq)
    const there = list[at]
    if (there?.seq === m.seq) {
      if (there.rev >= m.rev) continue
      next ??= [...old]
      next[at] = m
    } else {
      next ??= [...old]
      next.splice(at, 0, m)
    }
  }
  return next ?? old
}

/** Index of the first line whose seq is not below this one. New lines are at the end, so that is looked at first. */
function place(list: readonly Message[], seq: number): number {
  let hi = list.length
  if (hi === 0 || list[hi - 1]!.seq < seq) return hi
  let lo = 0
  while (lo < hi) {
    const mid = (lo + hi) >> 1
    if (list[mid]!.seq < seq) lo = mid + 1
    else hi = mid
  }
  return lo
}

export interface RoomsOptions {
  /** Calls sync and hands its answer to `rows`; if the call fails: `unsynced`. */
  sync(conversation: string, since: number): void
  changed(room: Room): void
  gone?(conversation: string): void
  /** Milliseconds until a piece that was promised by `more` and did not come, or what a failed sync left, is asked for; else 5000. */
  patience?: number
}

const patience = 5000

/** All rooms of a client. Hands every change of a room on, once. */
export class Rooms {
  readonly #rooms = new Map<string, Room>()
  readonly #options: RoomsOptions
  readonly #promised = new Map<string, ReturnType<typeof setTimeout>>()

  constructor(options: RoomsOptions) {
    this.#options = options
  }

  get(id: string): Room | undefined {
    return this.#rooms.get(id)
  }

  all(): IterableIterator<Room> {
    return this.#rooms.values()
  }

  /** For hello.since. */
  since(): Record<string, number> {
    return Object.fromEntries([...this.#rooms.values()].map((r) => [r.id, r.have]))
  }

  /** Call it in onHello. After a restore nothing that is here can be compared with what comes. */
  connected(restored: boolean): void {
    if (restored) this.clear()
    for (const id of this.#rooms.keys()) {
      this.#settled(id)
      this.#step(id, { event: 'connected' })
    }
  }

  /** Takes the events that are about rows and tells whether this was one of them. */
  take(frame: EventFrame): boolean {
    switch (frame.event) {
      case 'message':
      case 'conversation':
      case 'read':
      case 'delivered':
        this.#step(frame.conversation, frame)
        return true
      case 'rows':
        this.rows(frame)
        return true
      case 'gone':
        this.drop(frame.conversation)
        this.#options.gone?.(frame.conversation)
        return true
      default:
        return false
    }
  }

  /** Rows of an event, or the answer of open or sync. After a partial one the server sends the next piece by itself; if it does not, it is asked. */
  rows(rows: Rows): void {
    const id = rows.conversation
    this.#step(id, { event: 'rows', rows })
    this.#settled(id)
    if (rows.more) this.#askLater(id)
  }

  #askLater(id: string): void {
    this.#settled(id)
    const ask = () => {
      this.#promised.delete(id)
      this.#options.sync(id, this.#rooms.get(id)?.have ?? 0)
    }
    this.#promised.set(id, setTimeout(ask, this.#options.patience ?? patience))
  }

  #settled(id: string): void {
    clearTimeout(this.#promised.get(id))
    this.#promised.delete(id)
  }

  /** The sync failed. It is asked again after a while: perhaps nothing is told live that would show the gap. */
  unsynced(conversation: string): void {
    if (!this.#rooms.has(conversation)) return
    this.#step(conversation, { event: 'unsynced' })
    this.#askLater(conversation)
  }

  upsert(conversation: string, message?: Message, row?: Conversation): void {
    this.#step(conversation, { event: 'upsert', ...(message && { message }), ...(row && { row }) })
  }

  history(conversation: string, messages: readonly Message[], end: boolean): void {
    this.#step(conversation, { event: 'history', messages, end })
  }

  drop(conversation: string): void {
    this.#settled(conversation)
    this.#rooms.delete(conversation)
  }

  clear(): void {
    for (const id of [...this.#promised.keys()]) this.#settled(id)
    this.#rooms.clear()
  }

  #step(id: string, heard: Heard): Room {
    const before = this.#rooms.get(id) ?? emptyRoom(id)
    const { room, sync } = step(before, heard)
    this.#rooms.set(id, room)
    if (room !== before) this.#options.changed(room)
    if (sync) {
      this.#settled(id)
      this.#options.sync(id, room.have)
    }
    return room
  }
}
