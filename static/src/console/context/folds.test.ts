import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Folds } from './folds'

test('what is folded stays folded, and storage that is refused hurts nobody', () => {
  const kept = new Map<string, string>()
  const shelf = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  }
  const folds = new Folds(shelf)
  assert.deepEqual([...folds.folded.value], [])
  folds.toggle('cart')
  folds.toggle('page')
  folds.toggle('cart')
  assert.deepEqual([...new Folds(shelf).folded.value], ['page'])
  const refuse = () => {
    throw new Error('refused')
  }
  const refused = new Folds({ getItem: refuse, setItem: refuse })
  refused.toggle('cart')
  assert.ok(refused.folded.value.has('cart'))
  assert.equal(new Folds(undefined).folded.value.size, 0)
})
