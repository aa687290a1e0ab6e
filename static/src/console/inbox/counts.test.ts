import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Counts } from './counts'
import { row } from './fixture'

const server = { mine: 1, unassigned: 20, all: 30, mentions: 0 }

function counted(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let asked = 0
  const counts = new Counts(
    () => {
      asked++
      return Promise.resolve({ ...server, all: 100 + asked })
    },
    () => 'me',
  )
  counts.set(server)
  return { counts, asked: () => asked, now: () => counts.value.peek() }
}

test('what changes hands is counted at once, by what is seen', (t) => {
  const { counts, now } = counted(t)
  counts.changed(row('a'), row('a', { assignee: 'me' }))
  assert.deepEqual(now(), { mine: 2, unassigned: 19, all: 30, mentions: 0 })
  counts.changed(row('a', { assignee: 'me' }), row('a', { assignee: 'me', state: 'resolved' }))
  assert.deepEqual(now(), { mine: 1, unassigned: 19, all: 29, mentions: 0 })
  counts.changed(row('b', { assignee: 'x' }), row('b', { assignee: 'x', mentioned: ['me'] }))
  assert.deepEqual(now(), { mine: 1, unassigned: 19, all: 29, mentions: 1 })
})

test('the server is asked once after any number of changes, and again after one that came meanwhile', async (t) => {
  const { counts, asked, now } = counted(t)
  const settle = () => new Promise((done) => setImmediate(done))
  counts.changed(row('a'), row('a', { unread: 3 }))
  t.mock.timers.tick(10_000)
  assert.equal(asked(), 0, 'a line changes no count')
  counts.changed(undefined, row('a'))
  t.mock.timers.tick(1999)
  assert.equal(asked(), 0)
  t.mock.timers.tick(1)
  await settle()
  assert.deepEqual([asked(), now()?.all], [1, 101])
  t.mock.timers.tick(60_000)
  assert.equal(asked(), 1)
  counts.changed(undefined, row('b'))
  counts.changed(undefined, row('c'))
  t.mock.timers.tick(2000)
  t.mock.timers.tick(2000)
  await settle()
  t.mock.timers.tick(60_000)
  assert.equal(asked(), 3)
})
