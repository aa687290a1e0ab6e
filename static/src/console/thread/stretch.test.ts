import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signal } from '@preact/signals'
import { Rooms } from '../../shared/rooms'
import { message } from '../inbox/fixture'
import { Stretches } from './stretch'

/** A conversation of 500 lines, of which the newest 50 are loaded. */
function talk() {
  // As in Chats: each change of what is loaded comes back.
  const rooms: Rooms = new Rooms({ sync() {}, changed: (room) => stretches?.heard(room.id), gone() {} })
  let stretches: Stretches | undefined
  const lines = Array.from({ length: 500 }, (_, i) => message(i + 1, { rev: i + 1 }))
  rooms.rows({ conversation: 'c', head: 500, reset: true, more: false, messages: lines.slice(450) })
  const asked: number[] = []
  const online = signal(true)
  let fails = false
  const client = {
    async call(_: string, { before, limit }: { before: number; limit: number }) {
      asked.push(before)
      if (fails) throw new Error('no')
      return { messages: lines.filter((m) => m.seq < before).slice(-limit) }
    },
  }
  stretches = new Stretches(client as never, rooms, online)
  const made = stretches
  const seqs = () => made.of('c')?.messages.map((m) => m.seq) ?? []
  return { rooms, stretches: made, asked, seqs, lines, online, fail: (on: boolean) => (fails = on) }
}

test('what is loaded is not asked for', async () => {
  const { stretches, asked } = talk()
  await stretches.show('c', 460)
  assert.deepEqual(asked, [])
  assert.equal(stretches.of('c'), undefined)
  assert.equal(stretches.spot.value?.seq, 460)
})

test('a stretch grows both ways without gaps until it meets what is loaded', async () => {
  const { stretches, seqs, rooms } = talk()
  await stretches.show('c', 300)
  assert.ok(seqs().includes(300) && seqs().length === 50)
  assert.equal(stretches.of('d'), undefined)
  await stretches.older()
  for (let i = 0; stretches.of('c') && i < 10; i++) {
    const all = seqs()
    assert.deepEqual(
      all,
      [...all.keys()].map((n) => n + (all[0] ?? 0)),
    )
    await stretches.newer()
  }
  const loaded = rooms.get('c')?.messages.map((m) => m.seq) ?? []
  assert.equal(loaded.at(-1), 500)
  assert.deepEqual(
    loaded,
    [...loaded.keys()].map((n) => n + (loaded[0] ?? 0)),
    'no gap',
  )
  assert.equal(rooms.get('c')?.floor, loaded[0])
})

test('one that overlaps with what is loaded is part of it at once', async () => {
  const { stretches, rooms } = talk()
  await stretches.show('c', 445)
  assert.equal(stretches.of('c'), undefined)
  assert.ok(rooms.get('c')?.messages.some((m) => m.seq === 445))
})

test('the beginning is known', async () => {
  const { stretches, seqs } = talk()
  await stretches.show('c', 3)
  assert.equal(seqs()[0], 1)
  assert.equal(stretches.of('c')?.begins, true)
  await stretches.older()
  assert.equal(seqs()[0], 1)
})

test('a line that changes changes there, too, and an old row does not', async () => {
  const { stretches, lines } = talk()
  await stretches.show('c', 100)
  stretches.heard('c', message(100, { rev: 600, text: 'new' }))
  stretches.heard('c', message(100, { rev: 7, text: 'old' }))
  assert.equal(stretches.of('c')?.messages.find((m) => m.seq === 100)?.text, 'new')
  assert.notEqual(lines[99]?.text, 'new')
})

test('what fails is said and can be tried again; what comes too late is dropped', async () => {
  const { stretches, seqs, fail } = talk()
  fail(true)
  await stretches.show('c', 100)
  assert.equal(stretches.loading.value, 'failed')
  fail(false)
  await stretches.again()
  assert.ok(seqs().includes(100))
  const late = stretches.show('c', 200)
  stretches.leave()
  await late
  assert.deepEqual(seqs(), [])
  assert.equal(stretches.spot.value, undefined)
})
