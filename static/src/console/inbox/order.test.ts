import assert from 'node:assert/strict'
import { test } from 'node:test'
import { message, row } from './fixture'
import { compareBy, type Held, hold, isOpen, neighbour, type Sort, successor } from './order'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 9, minute)).toISOString()
const now = Date.parse(at(30))
const last = (minute: number) => message(1, { at: at(minute) })
const orderOf = (rows: readonly ReturnType<typeof row>[], sort: Sort) =>
  [...rows].sort(compareBy(sort, now)).map((r) => r.id)

test('a snoozed conversation is open again when its time has come', () => {
  assert.equal(isOpen(row('a', { state: 'snoozed', snoozed_until: at(31) }), now), false)
  assert.equal(isOpen(row('a', { state: 'snoozed', snoozed_until: at(30) }), now), true)
  assert.equal(isOpen(row('a', { state: 'snoozed' }), now), false)
})

test('who waits longest stands first, then whom nobody keeps waiting, then who sleeps, then what is done', () => {
  const rows = [
    row('done', { state: 'resolved', waiting_since: at(2), last: last(29) }),
    row('asleep', { state: 'snoozed', snoozed_until: at(50), waiting_since: at(1), last: last(29) }),
    row('answered-long-ago', { last: last(1) }),
    row('waits-since-20', { waiting_since: at(20), last: last(28) }),
    row('answered-lately', { last: last(25) }),
    row('waits-since-10', { waiting_since: at(10), last: last(10) }),
  ]
  const wanted = ['waits-since-10', 'waits-since-20', 'answered-lately', 'answered-long-ago', 'asleep', 'done']
  assert.deepEqual(orderOf(rows, 'waiting'), wanted)
  assert.deepEqual(orderOf([...rows].reverse(), 'waiting'), wanted)
})

test('newest first goes by the last line', () => {
  const rows = [
    row('a', { last: last(3), waiting_since: at(1) }),
    row('b', { last: last(5) }),
    row('c', { last: last(4), waiting_since: at(2) }),
  ]
  assert.deepEqual(orderOf(rows, 'newest'), ['b', 'c', 'a'])
})

test('equal times do not let rows change places by chance', () => {
  const rows = ['01', '02', '03'].map((id) => row(id, { last: last(5) }))
  assert.deepEqual(orderOf(rows, 'newest'), ['03', '02', '01'])
  assert.deepEqual(orderOf([...rows].reverse(), 'newest'), ['03', '02', '01'])
  const waiting = rows.map((r) => ({ ...r, waiting_since: at(5) }))
  assert.deepEqual(orderOf(waiting, 'waiting'), ['01', '02', '03'], 'as the server has them')
  assert.deepEqual(orderOf([...waiting].reverse(), 'waiting'), ['01', '02', '03'])
})

test('nothing moves or leaves under the pointer, and what is new is counted', () => {
  const none = new Set<string>()
  const shown: Held = { ids: ['a', 'b', 'c'], fresh: 0 }
  assert.deepEqual(hold(shown, ['d', 'c', 'e', 'a'], true, none), { ids: ['a', 'b', 'c'], fresh: 2 })
  assert.deepEqual(hold(shown, ['d', 'c', 'e', 'a'], false, none), { ids: ['d', 'c', 'e', 'a'], fresh: 0 })
  assert.deepEqual(hold({ ids: [], fresh: 0 }, ['a'], true, none), { ids: ['a'], fresh: 0 }, 'nothing to hold')
  assert.equal(hold(shown, ['a', 'b', 'c'], false, none), shown, 'the same list is the same object: nothing is drawn')
})

test('what the reader scrolls to comes in below, also while he holds the list', () => {
  const shown: Held = { ids: ['a', 'b'], fresh: 0 }
  assert.deepEqual(hold(shown, ['n', 'b', 'a', 'c', 'd'], true, new Set(['c', 'd'])), {
    ids: ['a', 'b', 'c', 'd'],
    fresh: 1,
  })
})

test('the next conversation, and the one after a conversation that is done', () => {
  const ids = ['a', 'b', 'c']
  assert.equal(neighbour(ids, 'a', 1), 'b')
  assert.equal(neighbour(ids, 'a', -1), 'a')
  assert.equal(neighbour(ids, 'c', 1), 'c')
  assert.equal(neighbour(ids, 'gone', 1), 'a')
  assert.equal(neighbour(ids, 'gone', -1), 'c')
  assert.equal(neighbour([], 'a', 1), undefined)
  assert.equal(successor(ids, 'b'), 'c')
  assert.equal(successor(ids, 'c'), 'b')
  assert.equal(successor(['a'], 'a'), undefined)
  assert.equal(successor(ids, 'gone'), 'a')
})
