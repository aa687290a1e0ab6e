// What comes after a line was sent, and after a chat has ended.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeSocket } from '../shared/fake_socket'
import { lastOwn, waitingSince } from './after'
import type { Talk } from './talk'
import { ann, me, message, settle, talk, until, world } from './talk_fixture'

const row = (more: object) => ({ id: 'c1', rev: 3, head: 3, state: 'open', read: { visitor: 0, agents: 0 }, ...more })

/** A talk with one conversation in it. */
async function talking(more: object, lines: object[]) {
  const t = talk()
  void t.begin()
  await until(() => FakeSocket.made.length > 0)
  await FakeSocket.last().welcome('e1', me)
  const rows = { conversation: 'c1', head: 3, reset: false, more: false, row: row(more), messages: lines }
  FakeSocket.last().hear({ event: 'rows', ...rows })
  await settle()
  return t
}

const own = (t: Talk) => lastOwn(t.rooms.value, me.id, t.delivered)?.state

test('that a line was delivered is still known on the next page', async () => {
  const mine = [message(1, me, { key: 'k1' })]
  const t = await talking({}, mine)
  assert.equal(own(t), 'sent')
  FakeSocket.last().hear({ event: 'delivered', conversation: 'c1', seq: 1 })
  await settle()
  assert.equal(own(t), 'delivered')
  assert.equal(world.stored.get('dragoman.shop.delivered'), 'c1 1')
  FakeSocket.made = []
  const next = await talking({}, mine)
  assert.equal(own(next), 'delivered')
  await next.reset()
  assert.equal(world.stored.get('dragoman.shop.delivered'), undefined)
})

test('a chat that has ended is rated, and one hears whether that got through', async () => {
  const t = await talking({ state: 'resolved' }, [message(1, me, { key: 'k1' }), message(2, ann)])
  const told = t.tell('rate', { conversation: 'c1', score: 5 })
  const calls = () => FakeSocket.last().sent.filter((f) => f.call === 'rate')
  assert.deepEqual([calls()[0]?.conversation, calls()[0]?.score, calls()[0]?.comment], ['c1', 5, undefined])
  FakeSocket.last().answer('rate', {})
  assert.equal(await told, true)
  const refused = t.tell('rate', { conversation: 'c1', score: 1, comment: 'no' })
  assert.equal(calls()[1]?.comment, 'no')
  FakeSocket.last().hear({ id: calls()[1]?.id, error: { code: 'state', message: 'It goes on.' } })
  assert.equal(await refused, false)
})

test('a chat is ended by the server, and one hears if that did not get through', async () => {
  const t = await talking({}, [message(1, me, { key: 'k1' })])
  const ended = t.end()
  FakeSocket.last().answer('state', row({ rev: 4, state: 'resolved' }))
  assert.equal(await ended, true)
  assert.equal(t.current.value?.row?.state, 'resolved')
  FakeSocket.last().onclose?.({ code: 1006, reason: '' })
  await settle()
  assert.equal(await t.end(), false)
})

test('one waits by the server’s clock', async () => {
  const t = await talking({}, [message(1, me, { key: 'k1' })])
  const since = waitingSince(t.current.value, me.id)
  assert.equal(since, message(1, me).at)
  // The server is five seconds ahead of this machine.
  assert.ok(Math.abs(t.here(since!) - (Date.parse(since!) - 5000)) < 1000)
})
