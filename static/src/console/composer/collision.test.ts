import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Message } from '../../shared/wire.gen'
import { collision, newest } from './collision'

function line(seq: number, kind: 'visitor' | 'agent' | 'bot', id: string, more: Partial<Message> = {}): Message {
  return {
    id: `m${seq}`,
    seq,
    rev: seq,
    kind: 'message',
    author: { id, kind, name: id, language: 'en', online: true },
    at: `2026-11-27T12:00:0${seq}.000Z`,
    text: 'text',
    language: 'en',
    translations: {},
    attachments: [],
    ...more,
  }
}

test('a colleague who has answered since one began is told of, the newest line of his', () => {
  const lines = [line(1, 'visitor', 'v'), line(2, 'agent', 'ben'), line(3, 'agent', 'eva')]
  assert.deepEqual(collision(lines, 'ann', 1), { seq: 3, name: 'eva', at: Date.parse('2026-11-27T12:00:03Z') })
  assert.equal(collision(lines, 'ann', 2)?.name, 'eva')
  assert.equal(collision(lines, 'ann', 3), undefined)
})

test('a bot answers, too; one’s own lines, the customer’s, notes and system lines do not', () => {
  assert.equal(collision([line(2, 'bot', 'b')], 'ann', 1)?.name, 'b')
  const quiet = [
    line(2, 'agent', 'ann'),
    line(3, 'visitor', 'v'),
    line(4, 'agent', 'ben', { kind: 'note' }),
    line(5, 'agent', 'ben', { kind: 'event', event: { type: 'assigned', by: 'ben' } }),
  ]
  assert.equal(collision(quiet, 'ann', 1), undefined)
})

test('who has not noted where he began is not asked', () => {
  assert.equal(collision([line(2, 'agent', 'ben')], 'ann', undefined), undefined)
  assert.equal(collision([], 'ann', 0), undefined)
})

test('one begins at the newest line, in whatever order they lie', () => {
  assert.equal(newest([line(4, 'visitor', 'v'), line(2, 'agent', 'ben')]), 4)
  assert.equal(newest([]), 0)
})
