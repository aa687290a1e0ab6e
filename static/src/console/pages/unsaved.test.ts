import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Term } from '../../shared/wire.gen'
import { fieldsOf, sameFields } from './terms'
import { overtaken, Unsaved } from './unsaved'

const old = { at: '2026-11-27T12:00:00.000Z', text: 'old' }
const theirs = { at: '2026-11-27T12:00:05.000Z', text: 'theirs' }

test('what was typed comes back with what it was made from, until it is dropped', () => {
  const unsaved = new Unsaved<string, typeof old>()
  assert.equal(unsaved.get('a en'), undefined)
  unsaved.keep('a en', 'typed', old)
  unsaved.keep('new', 'begun', undefined)
  assert.deepEqual(unsaved.get('a en'), { typed: 'typed', of: old })
  assert.deepEqual(unsaved.get('new'), { typed: 'begun', of: undefined })
  unsaved.move('a en', 'b en')
  unsaved.move('nothing', 'new')
  assert.equal(unsaved.get('a en'), undefined)
  assert.deepEqual(unsaved.get('b en'), { typed: 'typed', of: old })
  assert.deepEqual(unsaved.get('new'), { typed: 'begun', of: undefined })
  unsaved.drop('b en', 'new')
  assert.equal(unsaved.get('b en'), undefined)
  assert.equal(unsaved.get('new'), undefined)
})

test('what a colleague has changed, added or taken away meanwhile is told from what was typed over', () => {
  assert.equal(overtaken(undefined, theirs), false, 'nothing was typed')
  assert.equal(overtaken({ typed: 'mine', of: old }, { ...old }), false)
  assert.equal(overtaken({ typed: 'mine', of: old }, theirs), true)
  assert.equal(overtaken({ typed: 'mine', of: old }, undefined), true)
  assert.equal(overtaken({ typed: 'mine', of: undefined }, theirs), true)
  assert.equal(overtaken({ typed: 'mine', of: undefined }, undefined), false)
})

test('a term is another one when something that its form says is', () => {
  const term: Term = {
    id: 't1',
    site: 'shop',
    at: old.at,
    from: 'en',
    to: 'es',
    source: 'cup',
    target: 'taza',
    case_sensitive: false,
  }
  assert.ok(sameFields(term, { ...fieldsOf(term) }))
  assert.ok(!sameFields(term, { ...term, target: 'jarra' }))
})
