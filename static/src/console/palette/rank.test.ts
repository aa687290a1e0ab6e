import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rank, recently, remembered, shown } from './rank'

const offers = ['Reply', 'Write a note', 'Resolve', 'Dark'].map((text) => ({ key: text.toLowerCase(), text }))
const keys = (query: string, recent: string[] = []) => rank(offers, query, recent).map((o) => o.key)

test('without a query what was chosen lately stands first, the rest as it comes', () => {
  assert.deepEqual(keys(''), ['reply', 'write a note', 'resolve', 'dark'])
  assert.deepEqual(keys('', ['dark', 'gone', 'resolve']), ['dark', 'resolve', 'reply', 'write a note'])
})

test('a query leaves what fits, and of equals what was chosen lately', () => {
  assert.deepEqual(keys('re'), ['reply', 'resolve'])
  assert.deepEqual(keys('re', ['resolve']), ['resolve', 'reply'])
  assert.deepEqual(keys('zzz'), [])
})

test('a hint is looked in too, and counts less than the name', () => {
  const two = [
    { key: 'a', text: 'Other', hint: 'parcel' },
    { key: 'b', text: 'parcel' },
  ]
  assert.deepEqual(
    rank(two, 'parcel', []).map((o) => o.key),
    ['b', 'a'],
  )
})

test('no more is offered, and remembered, than is read', () => {
  const many = Array.from({ length: 40 }, (_, i) => ({ key: `${i}`, text: `offer ${i}` }))
  assert.equal(rank(many, '', []).length, shown)
  assert.equal(rank(many, 'offer', []).length, shown)
  let recent: string[] = []
  for (let i = 0; i < 20; i++) recent = recently(recent, `${i}`)
  assert.equal(recent.length, remembered)
  assert.deepEqual(recently(['a', 'b'], 'b'), ['b', 'a'])
})
