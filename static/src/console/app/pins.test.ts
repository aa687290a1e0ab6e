import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maxPins, pin } from './pins'
import { conversationIn } from './route'

test('a place in the strip never moves', () => {
  let pins: readonly string[] = []
  for (const id of ['a', 'b', 'c', 'a', 'd', 'e', 'f']) pins = pin(pins, id, () => '')
  assert.deepEqual(pins, ['a', 'b', 'c', 'd', 'e', 'f'])
  assert.equal(pins.length, maxPins)
  const quietest = (id: string) => (id === 'c' ? '2026-01-01' : '2026-11-22')
  assert.deepEqual(pin(pins, 'g', quietest), ['a', 'b', 'g', 'd', 'e', 'f'])
})

test('only an id is taken from the address', () => {
  assert.deepEqual(conversationIn('/agent/c/01a20249-cbe0-77e3'), { id: '01a20249-cbe0-77e3', seq: 0 })
  assert.deepEqual(conversationIn('/agent/c/01a20249-cbe0-77e3/412'), { id: '01a20249-cbe0-77e3', seq: 412 })
  for (const path of [
    '/agent/',
    '/agent/c/',
    '/agent/c/a/b',
    '/agent/c/a/0',
    '/agent/c/a/-1',
    '/agent/c/a/1/2',
    '/agent/c/%3Cb%3E',
    '/other/c/a',
  ])
    assert.equal(conversationIn(path), undefined, path)
})
