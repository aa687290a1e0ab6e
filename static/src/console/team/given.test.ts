import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conversation } from '../../shared/wire.gen'
import { message } from '../inbox/fixture'
import { givenTo } from './given'

function row(id: string, head: number, more: Partial<Conversation> = {}): Conversation {
  return {
    id,
    site: 'shop',
    rev: head,
    head,
    seq: head,
    state: 'open',
    visitor: { id: 'v', kind: 'visitor', name: '', language: 'es', online: true, verified: false, attributes: {} },
    language: 'es',
    participants: [],
    unread: 0,
    tags: [],
    read: { visitor: 0, agents: 0 },
    ...more,
  }
}

const known = (...rows: Conversation[]) => new Map(rows.map((r) => [r.id, r]))
const told = (before: Map<string, Conversation>, now: Conversation, own = new Set<string>()) =>
  givenTo(before, [now], 'ann', own).map((g) => g.how)

test('what becomes one’s own by somebody else is told once', () => {
  const mine = row('c', 5, { assignee: 'ann' })
  assert.deepEqual(told(known(row('c', 3)), mine), ['given'])
  assert.deepEqual(told(known(row('c', 3, { assignee: 'ben' })), mine), ['given'])
  assert.deepEqual(told(known(), mine), ['given'])
  assert.deepEqual(told(known(row('c', 4, { assignee: 'ann' })), mine), [])
  assert.deepEqual(told(known(mine), mine), [])
})

test('a row that was not known is news only if it has just changed hands', () => {
  const mine = (seq: number, more: Partial<Conversation> = {}) =>
    row('c', 5, { assignee: 'ann', seq: 5, last: message(seq), ...more })
  assert.deepEqual(told(known(), mine(4)), ['given'], 'the event stands behind the last line')
  assert.deepEqual(told(known(), mine(5, { last: message(5, { kind: 'note' }) })), ['given'], 'with a note')
  assert.deepEqual(told(known(), mine(5)), [], 'its customer writes')
  assert.deepEqual(told(known(), mine(4, { state: 'snoozed' })), [], 'it sleeps')
})

test('who is added is told so', () => {
  assert.deepEqual(told(known(row('c', 3)), row('c', 5, { assignee: 'ben', invited: ['ann'] })), ['added'])
  assert.deepEqual(told(known(row('c', 3, { invited: ['ann'] })), row('c', 5, { invited: ['ann'] })), [])
})

test('what one took oneself is no news, and the next time is', () => {
  const own = new Set(['c'])
  assert.deepEqual(told(known(row('c', 3)), row('c', 5, { assignee: 'ann' }), own), [])
  assert.deepEqual(told(known(row('c', 7)), row('c', 9, { assignee: 'ann' }), own), ['given'])
  // The answer of the call had brought the row already.
  const mine = row('c', 11, { assignee: 'ann' })
  assert.deepEqual(told(known(mine), mine, own.add('c')), [])
  assert.equal(own.size, 0)
})

test('what is given to others, or over, is nothing', () => {
  assert.deepEqual(told(known(row('c', 3)), row('c', 5, { assignee: 'ben', invited: ['eva'] })), [])
  assert.deepEqual(told(known(row('c', 3)), row('c', 5, { assignee: 'ann', state: 'resolved' })), [])
})
