import assert from 'node:assert/strict'
import { test } from 'node:test'
import { message, row } from './fixture'
import { hold, inTab, isOpen, neighbour, orderOf, successor, type Tab, tabs } from './order'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 9, minute)).toISOString()
const now = Date.parse(at(30))
const last = (minute: number) => message(1, { at: at(minute) })

test('each conversation stands in the tabs that it belongs to', () => {
  const where = (r: ReturnType<typeof row>) => tabs.filter((tab) => inTab(r, tab, 'me', now))
  assert.deepEqual(where(row('a', { assignee: 'me' })), ['mine', 'all'])
  assert.deepEqual(where(row('a')), ['unassigned', 'all'])
  assert.deepEqual(where(row('a', { assignee: 'other' })), ['all'])
  assert.deepEqual(where(row('a', { state: 'resolved', assignee: 'me' })), ['resolved'])
  assert.deepEqual(where(row('a', { state: 'snoozed', assignee: 'me', snoozed_until: at(31) })), ['all'])
})

test('a snoozed conversation is open again when its time has come', () => {
  assert.equal(isOpen(row('a', { state: 'snoozed', snoozed_until: at(31) }), now), false)
  assert.equal(isOpen(row('a', { state: 'snoozed', snoozed_until: at(30) }), now), true)
  assert.equal(isOpen(row('a', { state: 'snoozed' }), now), false)
  assert.equal(inTab(row('a', { state: 'snoozed', snoozed_until: at(1) }), 'unassigned', 'me', now), true)
})

test('who waits longest stands first, then whom nobody keeps waiting, then who sleeps', () => {
  const rows = [
    row('asleep', { state: 'snoozed', snoozed_until: at(50), last: last(29) }),
    row('answered-long-ago', { last: last(1) }),
    row('waits-since-20', { waiting_since: at(20), last: last(28) }),
    row('answered-lately', { last: last(25) }),
    row('waits-since-10', { waiting_since: at(10), last: last(10) }),
  ]
  const wanted = ['waits-since-10', 'waits-since-20', 'answered-lately', 'answered-long-ago', 'asleep']
  assert.deepEqual(orderOf(rows, 'all', 'waiting', 'me', now), wanted)
  assert.deepEqual(orderOf([...rows].reverse(), 'all', 'waiting', 'me', now), wanted)
})

test('newest first goes by the last line, and the resolved tab knows no other order', () => {
  const rows = [
    row('a', { last: last(3), waiting_since: at(1) }),
    row('b', { last: last(5) }),
    row('c', { last: last(4), waiting_since: at(2) }),
  ]
  assert.deepEqual(orderOf(rows, 'all', 'newest', 'me', now), ['b', 'c', 'a'])
  const done = rows.map((r) => ({ ...r, state: 'resolved' as const }))
  assert.deepEqual(orderOf(done, 'resolved', 'waiting', 'me', now), ['b', 'c', 'a'])
})

test('equal times do not let rows change places by chance', () => {
  const rows = ['01', '02', '03'].map((id) => row(id, { last: last(5) }))
  for (const tab of ['all', 'unassigned'] satisfies Tab[]) {
    assert.deepEqual(orderOf(rows, tab, 'newest', 'me', now), ['03', '02', '01'])
    assert.deepEqual(orderOf([...rows].reverse(), tab, 'newest', 'me', now), ['03', '02', '01'])
  }
  const waiting = rows.map((r) => ({ ...r, waiting_since: at(5) }))
  assert.deepEqual(
    orderOf(waiting, 'all', 'waiting', 'me', now),
    orderOf([...waiting].reverse(), 'all', 'waiting', 'me', now),
  )
})

test('nothing moves or leaves under the pointer, and what is new is counted', () => {
  assert.deepEqual(hold(['a', 'b', 'c'], ['d', 'c', 'e', 'a'], true), { ids: ['a', 'b', 'c'], fresh: 2 })
  assert.deepEqual(hold(['a', 'b', 'c'], ['d', 'c', 'e', 'a'], false), { ids: ['d', 'c', 'e', 'a'], fresh: 0 })
  assert.deepEqual(hold([], ['a'], true), { ids: ['a'], fresh: 0 }, 'an empty list has nothing to hold')
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
