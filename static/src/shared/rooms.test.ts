import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { FakeClock } from './fake_clock'
import { emptyRoom, Rooms, step } from './rooms'
import type { Conversation, ConversationFrame, EventFrame, Message, MessageFrame, Rows } from './wire.gen'

let clock: FakeClock
beforeEach(() => {
  clock = new FakeClock()
})
afterEach(() => clock.stop())

const person = { id: 'a1', kind: 'agent' as const, name: 'Ann', language: 'en', online: true }

function line(seq: number, rev: number, text = `line ${seq}`): Message {
  return {
    id: `m${seq}`,
    seq,
    rev,
    kind: 'message',
    author: person,
    at: '2026-11-22T09:30:00.000Z',
    text,
    language: 'en',
    translations: {},
    attachments: [],
  }
}

function row(rev: number, head: number): Conversation {
  return {
    id: 'c1',
    site: 's1',
    rev,
    head,
    seq: 0,
    state: 'open',
    visitor: { ...person, id: 'v1', kind: 'visitor', verified: false, attributes: {} },
    language: 'en',
    participants: [],
    unread: 0,
    tags: [],
    read: { visitor: 0, agents: 0 },
  }
}

function frame(prev: number, rev: number, seq: number): MessageFrame {
  return { event: 'message', conversation: 'c1', prev, rev, message: line(seq, rev) }
}

function rows(head: number, messages: Message[], more = false, reset = false): { event: 'rows'; rows: Rows } {
  return { event: 'rows', rows: { conversation: 'c1', head, reset, more, messages } }
}

test('what a newer server says besides does no harm', () => {
  const synced: string[] = []
  const rooms = new Rooms({ sync: (id) => synced.push(id), changed: () => {} })
  const odd = {
    ...line(1, 1),
    kind: 'form',
    mood: 'good',
    event: { type: 'applauded', by: 'a1' },
    fields: [{ a: 1 }],
  } as unknown as Message
  const next = { ...frame(0, 1, 1), message: odd, echo: true } as EventFrame
  assert.ok(rooms.take(next))
  assert.ok(
    rooms.take({
      event: 'conversation',
      conversation: 'c1',
      prev: 1,
      rev: 2,
      row: { ...row(2, 2), state: 'paused', stars: 5 },
    } as unknown as EventFrame),
  )
  const before = rooms.get('c1')
  assert.deepEqual([before?.have, before?.messages.length, before?.row?.state], [2, 1, 'paused'])
  assert.equal(rooms.take({ event: 'applause', conversation: 'c1', prev: 2, rev: 9 } as unknown as EventFrame), false)
  assert.equal(rooms.get('c1'), before)
  assert.ok(rooms.take(frame(2, 3, 2)))
  assert.equal(rooms.get('c1')?.have, 3)
  assert.deepEqual(synced, [])
})

test('a live event moves the place, an old one changes nothing', () => {
  let room = step(emptyRoom('c1'), frame(0, 1, 1)).room
  room = step(room, frame(1, 2, 2)).room
  assert.equal(room.have, 2)
  assert.deepEqual(step(room, frame(0, 1, 1)).room, room)
})

test('a gap asks for a sync once and holds what comes meanwhile', () => {
  let s = step({ ...emptyRoom('c1'), have: 1 }, frame(3, 4, 4))
  assert.equal(s.sync, true)
  assert.equal(s.room.messages.length, 0)
  s = step(s.room, frame(4, 5, 5))
  assert.equal(s.sync, false)
  s = step(s.room, rows(4, [line(2, 2), line(3, 3), line(4, 4)]))
  assert.equal(s.room.have, 5)
  assert.deepEqual(
    s.room.messages.map((m) => m.seq),
    [2, 3, 4, 5],
  )
  assert.equal(s.room.held.length, 0)
})

test('a gap behind the answer of a sync asks again', () => {
  let s = step({ ...emptyRoom('c1'), have: 1 }, frame(3, 4, 4))
  s = step(s.room, frame(6, 7, 7))
  s = step(s.room, rows(4, [line(2, 2)]))
  assert.equal(s.sync, true)
  assert.equal(s.room.syncing, true)
  assert.equal(s.room.held.length, 1)
})

test('a reply is an upsert and does not move the place', () => {
  const { room } = step(emptyRoom('c1'), { event: 'upsert', message: line(1, 1) })
  assert.equal(room.have, 0)
  assert.equal(room.messages.length, 1)
})

test('an upsert with a lower rev is refused', () => {
  let { room } = step(emptyRoom('c1'), { event: 'upsert', message: line(1, 5, 'new') })
  room = step(room, { event: 'upsert', message: line(1, 4, 'old') }).room
  assert.equal(room.messages[0]?.text, 'new')
})

test('a reset forgets, also when it comes in pieces', () => {
  let room = step(emptyRoom('c1'), rows(9, [line(1, 1), line(2, 9)])).room
  room = step(room, rows(5, [line(20, 4), line(21, 5)], true, true)).room
  room = step(room, rows(7, [line(18, 6), line(22, 7)], false, true)).room
  assert.deepEqual(
    room.messages.map((m) => m.seq),
    [18, 20, 21, 22],
  )
  assert.equal(room.have, 7)
  assert.equal(room.floor, 18)
})

test('after a reset a change of an older line is left to history', () => {
  let room = step(emptyRoom('c1'), rows(100, [line(51, 99), line(52, 100)], false, true)).room
  room = step(room, frame(100, 101, 3)).room
  assert.equal(room.have, 101)
  assert.equal(room.messages.length, 2)
  room = step(room, { event: 'history', messages: [line(3, 101), line(4, 4)], end: true }).room
  assert.deepEqual(
    room.messages.map((m) => m.seq),
    [3, 4, 51, 52],
  )
  assert.equal(room.floor, 0)
})

test('an empty reset leaves an empty room', () => {
  const { room } = step({ ...emptyRoom('c1'), have: 9, messages: [line(1, 1)] }, rows(2, [], false, true))
  assert.deepEqual([room.have, room.messages.length, room.floor], [2, 0, 0])
})

test('the newer row of a conversation wins', () => {
  let { room } = step(emptyRoom('c1'), { event: 'upsert', row: row(4, 9) })
  room = step(room, { event: 'upsert', row: row(3, 12) }).room
  assert.equal(room.row?.rev, 4)
  room = step(room, { event: 'upsert', row: row(4, 10) }).room
  assert.equal(room.row?.head, 10)
})

test('read marks only rise', () => {
  let { room } = step(emptyRoom('c1'), { event: 'upsert', row: row(1, 1) })
  room = step(room, { event: 'read', conversation: 'c1', participant: person, seq: 4 }).room
  room = step(room, { event: 'read', conversation: 'c1', participant: person, seq: 2 }).room
  assert.equal(room.row?.read.agents, 4)
})

// A small server that loses, doubles and cuts: whatever happens on the way, the client ends with what the server has.
function rng(seed: number): () => number {
  let x = seed * 2654435761 + 1
  return () => {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    return (x >>> 0) / 2 ** 32
  }
}

type Stored = { at: number; frame: Omit<MessageFrame, 'prev'> | Omit<ConversationFrame, 'prev'> }

function converge(seed: number, lossy: boolean, pushes: boolean): void {
  const random = rng(seed)
  const int = (n: number) => Math.floor(random() * n)
  let head = 0
  const lines = new Map<number, Message>()
  let own = row(0, 0)
  const pending: Array<() => void> = []
  let told = 0

  const since = (from: number, size: number): Rows[] => {
    const missing = [...lines.values()].filter((m) => m.rev > from)
    if (from > head || missing.length > 40) {
      const newest = [...lines.values()].sort((a, b) => a.seq - b.seq).slice(-10)
      return [{ conversation: 'c1', head, reset: true, more: false, row: own, messages: newest }]
    }
    const byRev = missing.sort((a, b) => a.rev - b.rev)
    const pieces: Rows[] = []
    for (;;) {
      const messages = byRev.splice(0, size)
      const more = byRev.length > 0
      const piece: Rows = { conversation: 'c1', head: more ? messages.at(-1)!.rev : head, reset: false, more, messages }
      // By rev: the conversation's own row is in the piece that its rev falls into.
      const before = pieces.at(-1)?.head ?? from
      pieces.push(own.rev > before && own.rev <= piece.head ? { ...piece, row: own } : piece)
      if (!more) return pieces
    }
  }

  const rooms = new Rooms({
    changed: () => {},
    sync: (_, from) => {
      // Answered later, with what the store has then; now and then not at all.
      if (random() < 0.1) pending.push(() => rooms.unsynced('c1'))
      else
        pending.push(() => {
          // The first piece is the answer, the others come as events. Some servers leave those to be asked for.
          const [first, ...more] = since(from, 1 + int(7))
          rooms.rows(first!)
          if (pushes) for (const r of more) rooms.take({ event: 'rows', ...r })
          else if (first!.more) pending.push(() => clock.tick(5000))
        })
    },
  })
  const reconnect = () => {
    pending.length = 0
    const from = rooms.since().c1 ?? 0
    rooms.connected(false)
    for (const r of since(from, 1 + int(9))) rooms.take({ event: 'rows', ...r })
    told = head
  }
  const tell = (f: Stored['frame']) => {
    const event = { ...f, prev: told } as EventFrame
    told = f.rev
    if (lossy && random() < 0.3) return
    rooms.take(event)
    if (random() < 0.1) rooms.take(event)
  }

  reconnect()
  for (let i = 0; i < 200; i++) {
    head++
    if (random() < 0.15) {
      own = { ...own, rev: head, head }
      tell({ event: 'conversation', conversation: 'c1', rev: head, row: own })
    } else {
      const seq = lines.size > 0 && random() < 0.4 ? 1 + int(lines.size) : lines.size + 1
      const m = line(seq, head, `rev ${head}`)
      lines.set(seq, m)
      tell({ event: 'message', conversation: 'c1', rev: head, message: m })
    }
    if (random() < 0.2) pending.shift()?.()
    if (random() < 0.05) reconnect()
  }
  reconnect()
  while (pending.length > 0) pending.shift()!()
  const room = rooms.get('c1')!
  assert.equal(room.have, head, `seed ${seed}`)
  const want = [...lines.values()].filter((m) => m.seq >= room.floor).sort((a, b) => a.seq - b.seq)
  assert.deepEqual(room.messages, want, `seed ${seed}`)
  assert.equal(room.row?.rev ?? 0, own.rev, `seed ${seed}`)
}

test('whatever is lost, doubled or cut, the client ends with what the server has', () => {
  for (let seed = 1; seed <= 400; seed++) converge(seed, seed % 4 !== 0, seed % 3 !== 0)
})

test('a promised piece is not asked for when it comes, and is when it does not', () => {
  const asked: number[] = []
  const rooms = new Rooms({ changed: () => {}, sync: (_, since) => asked.push(since) })
  const piece = (head: number, more: boolean) => rooms.rows(rows(head, [line(head, head)], more).rows)
  piece(1, true)
  piece(2, true)
  clock.tick(4999)
  piece(3, false)
  clock.tick(10_000)
  assert.deepEqual(asked, [])
  piece(4, true)
  rooms.take(frame(8, 9, 9))
  assert.equal(rooms.get('c1')?.messages.length, 4, 'what is told live waits for the last piece')
  clock.tick(5000)
  assert.deepEqual(asked, [4])
  rooms.rows(rows(8, [line(8, 8)]).rows)
  assert.equal(rooms.get('c1')?.have, 9)
  piece(10, true)
  rooms.clear()
  clock.tick(10_000)
  assert.deepEqual(asked, [4], 'what is forgotten is not asked for')
})

test('a sync that failed is asked again while the connection lasts', () => {
  const asked: number[] = []
  const rooms = new Rooms({ changed: () => {}, sync: (_, since) => asked.push(since) })
  rooms.rows(rows(5, []).rows)
  rooms.take(frame(7, 8, 8))
  assert.deepEqual(asked, [5])
  rooms.unsynced('c1')
  clock.tick(4999)
  assert.deepEqual(asked, [5])
  clock.tick(1)
  assert.deepEqual(asked, [5, 5])
  rooms.unsynced('c1')
  rooms.take(frame(8, 9, 9))
  clock.tick(10_000)
  assert.deepEqual(asked, [5, 5, 5], 'a gap that is seen meanwhile asks at once, and once')
  rooms.unsynced('c1')
  rooms.connected(false)
  clock.tick(10_000)
  assert.deepEqual(asked, [5, 5, 5], 'a new connection brings what is missing by itself')
})

test('a reset that was cut before its first line hides nothing afterwards', () => {
  let room = step(emptyRoom('c1'), rows(5, [], true, true)).room
  room = step(room, { event: 'connected' }).room
  room = step(room, rows(6, [line(3, 6)])).room
  assert.deepEqual([room.floor, room.messages.length], [0, 1])
})

test('what a console was given only rises, is told by an event or by a line, and moves no place', () => {
  const at = { ...emptyRoom('c1'), have: 2 }
  const delivered = (seq: number) => ({ event: 'delivered' as const, conversation: 'c1', seq })
  const three = step(at, delivered(3)).room
  assert.deepEqual([three.delivered, three.have], [3, 2])
  assert.equal(step(three, delivered(1)).room, three)
  assert.equal(step(three, { ...frame(2, 3, 5), delivered: true }).room.delivered, 5)
  // Also where the row itself is known already, or has to wait for a sync.
  assert.equal(step(three, { ...frame(0, 1, 4), delivered: true }).room.delivered, 4)
  assert.equal(step(three, { ...frame(9, 10, 7), delivered: true }).room.delivered, 7)
  assert.equal(step(three, frame(2, 3, 5)).room.delivered, 3)
})
