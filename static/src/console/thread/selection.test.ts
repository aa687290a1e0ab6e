import assert from 'node:assert/strict'
import { test } from 'node:test'
import { spotIn } from './selection'

test('what begins at a border of two texts begins in the second, and what ends there ends in the first', () => {
  const texts = [4, 0, 6]
  assert.deepEqual(spotIn(texts, 4, true), [2, 0])
  assert.deepEqual(spotIn(texts, 4, false), [0, 4])
  assert.deepEqual(spotIn(texts, 0, true), [0, 0])
  assert.deepEqual(spotIn(texts, 7, true), [2, 3])
  assert.deepEqual(spotIn(texts, 10, false), [2, 6])
  assert.equal(spotIn(texts, 11, false), undefined, 'the line has become shorter')
})
