import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Term } from '../../shared/wire.gen'
import { fieldsOf } from './terms'
import { Unsaved } from './unsaved'

test('what was typed comes back until it is dropped', () => {
  const unsaved = new Unsaved<string>()
  assert.equal(unsaved.get('a', 'old'), undefined)
  unsaved.keep('a', 'typed', 'old')
  unsaved.keep('new', 'begun', undefined)
  assert.equal(unsaved.get('a', 'old'), 'typed')
  assert.equal(unsaved.get('new', undefined), 'begun')
  unsaved.drop('a', 'new')
  assert.equal(unsaved.get('a', 'old'), undefined)
  assert.equal(unsaved.get('new', undefined), undefined)
})

test('what a colleague has changed meanwhile is not overwritten by what was typed before', () => {
  const unsaved = new Unsaved<string>()
  unsaved.keep('a', 'typed', 'old')
  assert.equal(unsaved.get('a', 'theirs'), undefined)
  assert.equal(unsaved.get('a', 'old'), undefined, 'and it is gone')
  unsaved.keep('b', 'typed', undefined)
  assert.equal(unsaved.get('b', ''), undefined, 'what was not there is there now')
})

test('a term is another one when something that its form says is', () => {
  const unsaved = new Unsaved<ReturnType<typeof fieldsOf>>()
  const at = '2026-11-27T12:00:00Z'
  const term: Term = {
    id: 't1',
    site: 'shop',
    at,
    from: 'en',
    to: 'es',
    source: 'cup',
    target: 'taza',
    case_sensitive: false,
  }
  const typed = { ...fieldsOf(term), target: 'tacita' }
  unsaved.keep('t1', typed, fieldsOf(term))
  assert.deepEqual(unsaved.get('t1', fieldsOf({ ...term })), typed)
  assert.equal(unsaved.get('t1', fieldsOf({ ...term, target: 'jarra' })), undefined)
})
