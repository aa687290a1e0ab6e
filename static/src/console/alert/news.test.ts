import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Conversation } from '../../shared/wire.gen'
import { kindOf, overdue, reaches, waitedLong } from './news'

const at = (ms: number) => new Date(ms).toISOString()
const row = (over: Partial<Conversation>) =>
  ({ id: 'c1', state: 'open', last: { at: at(0) }, waiting_since: at(0), ...over }) as Conversation

test('a line in a conversation of mine calls each time, one in nobody’s only when somebody begins to wait', () => {
  assert.equal(kindOf(row({ assignee: 'me' }), 'me'), 'line')
  assert.equal(kindOf(row({ assignee: 'me', waiting_since: at(-5) }), 'me'), 'line')
  assert.equal(kindOf(row({}), 'me'), 'new')
  assert.equal(kindOf(row({ waiting_since: at(-5) }), 'me'), undefined)
})

test('what a colleague has, what sleeps and what is done calls nobody here', () => {
  assert.equal(kindOf(row({ assignee: 'other' }), 'me'), undefined)
  assert.equal(kindOf(row({ state: 'snoozed' }), 'me'), undefined)
  assert.equal(kindOf(row({ assignee: 'me', state: 'resolved' }), 'me'), undefined)
})

test('who is away hears of his own customers only', () => {
  assert.deepEqual(
    (['new', 'line', 'waiting'] as const).map((kind) => [reaches(kind, true), reaches(kind, false)]),
    [
      [false, true],
      [true, true],
      [false, true],
    ],
  )
})

test('who crosses the minute between two looks is overdue once, and the next one is known', () => {
  const rows = [
    row({ id: 'long before', waiting_since: at(-9 * waitedLong) }),
    row({ id: 'crosses', waiting_since: at(0) }),
    row({ id: 'soon', waiting_since: at(5000) }),
    row({ id: 'later', waiting_since: at(9000) }),
    row({ id: 'of a colleague', waiting_since: at(0), assignee: 'other' }),
    row({ id: 'asleep', waiting_since: at(0), state: 'snoozed' }),
    { ...row({ id: 'answered' }), waiting_since: undefined } as unknown as Conversation,
  ]
  const look = (looked: number, now: number) => {
    const { due, next } = overdue(rows, 'me', looked, now)
    return [due.map((r) => r.id), next]
  }
  assert.deepEqual(look(0, waitedLong - 1), [[], waitedLong])
  assert.deepEqual(look(waitedLong - 1, waitedLong), [['crosses'], waitedLong + 5000])
  assert.deepEqual(look(waitedLong, waitedLong + 1), [[], waitedLong + 5000])
  // After a computer has slept, all at once.
  assert.deepEqual(look(0, waitedLong + 60_000), [['crosses', 'soon', 'later'], undefined])
})
