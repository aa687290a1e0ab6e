import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import type { Line } from './outbox'
import { IdbShelf } from './shelf'

const line: Line = {
  key: 'k1',
  owner: 'v1',
  order: 1,
  conversation: '',
  text: 'hola',
  at: '2026-11-22T09:30:00.000Z',
  state: 'queued',
  tries: 0,
}

/** A browser that gives a database and then ends its connection. */
function dying(): void {
  const db = {
    transaction: () => {
      throw new DOMException('The database connection is closing.', 'InvalidStateError')
    },
  }
  const open = () => {
    const req = { result: db, onsuccess: () => {} }
    queueMicrotask(() => req.onsuccess())
    return req
  }
  Object.defineProperty(globalThis, 'indexedDB', { value: { open }, configurable: true })
}

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'indexedDB')
})

test('a database that does not answer is not an empty one', async () => {
  dying()
  const shelf = new IdbShelf()
  await assert.rejects(shelf.all('v1'), { name: 'InvalidStateError' })
  assert.equal(await shelf.has('k1'), true, 'perhaps it is there')
})

test('what the database refuses is kept in memory and nobody is troubled', async () => {
  dying()
  const shelf = new IdbShelf()
  await shelf.put(line)
  assert.equal(await shelf.has('k1'), true)
  await shelf.remove('k1')
})
