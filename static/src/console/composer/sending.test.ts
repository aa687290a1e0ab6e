import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signal } from '@preact/signals'
import type { Client } from '../../shared/client'
import { Sending } from './sending'

/** Emma's lines, without a connection. */
function emmas(): Sending {
  const files = { upload: async () => [], forget: () => {} }
  const sending = new Sending({} as Client, signal(false), () => {}, files)
  sending.begin('emma')
  return sending
}

async function becomes(sending: Sending, act: (key: string) => void): Promise<unknown> {
  const key = sending.add({ conversation: 'a', text: 'Bye' })
  assert.ok(key)
  const stored = sending.stored(key)
  act(key)
  return stored
}

test('a line that the server has is stored; one that its agent throws away is not', async () => {
  const sending = emmas()
  const has = (key: string) =>
    sending.seen({ id: 'a', messages: [{ key }] } as unknown as Parameters<Sending['seen']>[0])
  assert.equal(await becomes(sending, has), true)
  assert.equal(await becomes(sending, (key) => sending.remove(key)), undefined)
})

test('whoever signs in after her does not hear that her lines are stored', async () => {
  const sending = emmas()
  assert.equal(await becomes(sending, () => sending.begin('bo')), undefined)
  assert.deepEqual(sending.lines.value, [])
})
