import assert from 'node:assert/strict'
import { test } from 'node:test'
import { choices, search } from './names'

test('what a browser wishes for is offered as well, if it has a name', () => {
  const all = choices('en', ['de-AT', 'oc', 'qaa-x-mine', 'not a tag'])
  const own = (tag: string) => all.find((c) => c.tag === tag)?.own
  assert.equal(own('de'), 'Deutsch')
  assert.equal(own('oc'), 'Occitan')
  assert.equal(own('qaa'), undefined)
  assert.equal(own('not a tag'), undefined)
  assert.equal(all.filter((c) => c.tag === 'de').length, 1)
})

test('languages are found by their own name, by their name here and by their tag', () => {
  const all = choices('en', [])
  const found = (typed: string) => search(all, typed).map((c) => c.tag)
  assert.deepEqual(found('espan'), ['es'])
  assert.deepEqual(found('Chinese').sort(), ['zh-Hans', 'zh-Hant'])
  assert.deepEqual(found('sw').includes('sw'), true)
  assert.deepEqual(found('xyzzy'), [])
})
