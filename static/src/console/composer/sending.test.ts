import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { signal } from '@preact/signals'
import { CallError, type Client } from '../../shared/client'
import type { SendOK } from '../../shared/wire.gen'
import { Sending } from './sending'

/** Emma's lines, without a connection unless there is an answer to them. */
function emmas(answer?: () => Promise<SendOK>, lastWord: (conversation: string) => void = () => {}): Sending {
  const files = { upload: async () => [], forget: () => {} }
  const client = { call: answer } as unknown as Client
  const sending = new Sending(client, signal(answer !== undefined), () => {}, files, lastWord)
  sending.begin('emma')
  return sending
}

/** A room in which a line stands. */
const having = (key: string) => ({ id: 'a', messages: [{ key }] }) as unknown as Parameters<Sending['seen']>[0]

async function becomes(sending: Sending, act: (key: string) => void): Promise<unknown> {
  const key = sending.add({ conversation: 'a', text: 'Bye' })
  assert.ok(key)
  const stored = sending.stored(key)
  act(key)
  return stored
}

test('a line that the server has is stored; one that its agent throws away is not', async () => {
  const sending = emmas()
  assert.equal(await becomes(sending, (key) => sending.seen(having(key))), true)
  assert.equal(await becomes(sending, (key) => sending.remove(key)), undefined)
})

test('whoever signs in after her does not hear that her lines are stored', async () => {
  const sending = emmas()
  assert.equal(await becomes(sending, () => sending.begin('bo')), undefined)
  assert.deepEqual(sending.lines.value, [])
})

test('the end of a conversation belongs to its last word: who is answered ends it, once, and not who only sees the line', async () => {
  const ended: string[] = []
  let answer: (ok: SendOK) => void = () => {}
  const sending = emmas(
    () => new Promise((ok) => (answer = ok)),
    (conversation) => void ended.push(conversation),
  )
  const ok = { conversation: 'a', message: {}, dup: false } as unknown as SendOK
  const key = sending.add({ conversation: 'a', text: 'Bye', resolves: true }) ?? ''
  await until(() => sending.lines.value[0]?.state === 'sending')
  sending.seen(having(key))
  assert.deepEqual([ended, sending.lines.value.length], [[], 1])
  answer(ok)
  assert.equal(await sending.stored(key), true)
  assert.deepEqual(ended, ['a'])
  const plain = sending.add({ conversation: 'a', text: 'One more' }) ?? ''
  await until(() => sending.lines.value[0]?.state === 'sending')
  answer(ok)
  assert.equal(await sending.stored(plain), true)
  assert.deepEqual(ended, ['a'])
})

test('what a person has to try again ends nothing any more', async () => {
  const ended: string[] = []
  let refuse = true
  const sending = emmas(
    async () => {
      if (refuse) throw new CallError('internal', '')
      return { conversation: 'a', message: {}, dup: false } as unknown as SendOK
    },
    (conversation) => void ended.push(conversation),
  )
  const clock = mock.timers
  clock.enable({ apis: ['setTimeout'] })
  const key = sending.add({ conversation: 'a', text: 'Bye', resolves: true }) ?? ''
  await until(() => {
    clock.tick(60_000)
    return sending.lines.value[0]?.state === 'failed'
  })
  clock.reset()
  refuse = false
  sending.retry(key)
  assert.equal(await sending.stored(key), true)
  assert.deepEqual(ended, [])
})

/** Resolves once it holds; everything here happens in turns of its own. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((turn) => setImmediate(turn))
}
