import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import type { Conversation } from '../../shared/wire.gen'
import { row } from '../inbox/fixture'
import type { Desk } from './desk'
import { emmasDesk } from './fixture'

// The server is asked for its numbers a while later; here only what is seen at once is looked at.
mock.timers.enable({ apis: ['setTimeout'] })

/** A desk with one conversation, and the numbers of the server. */
function counted(there: Conversation, answer?: Conversation): Desk {
  const desk = emmasDesk(() => answer)
  desk.rows.upsert([there])
  desk.inbox.counts.set({ mine: 1, unassigned: 20, all: 30, mentions: 0 })
  return desk
}

const counts = (desk: Desk) => [desk.inbox.count('mine'), desk.inbox.count('unassigned'), desk.inbox.count('all')]
const hers = row('a', { assignee: 'emma', rev: 2, head: 2 })

test('a conversation that one takes by answering is counted as soon as its own event tells, and once', () => {
  const desk = counted(row('a'))
  desk.chats.rooms.take({ event: 'conversation', conversation: 'a', prev: 0, rev: 2, row: hers })
  assert.deepEqual(counts(desk), [2, 19, 30])
  desk.told([hers]) // the inbox tells it again, later
  assert.deepEqual(counts(desk), [2, 19, 30])
})

test('what one does oneself is counted with its answer', async () => {
  const taken = counted(row('a'), hers)
  await taken.act.take('a')
  assert.deepEqual(counts(taken), [2, 19, 30])
  const resolved = counted(hers, { ...hers, state: 'resolved', rev: 3, head: 3 })
  await resolved.act.resolve('a')
  assert.deepEqual(counts(resolved), [0, 20, 29])
})
