import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maxRows, reveal, slice } from './window'

test('at most 40 rows are drawn, and they always cover what is seen', () => {
  for (const height of [0, 300, 844, 1400, 2600])
    for (const count of [0, 1, 7, 39, 2000])
      for (const top of [0, 1, 67, 68, 5000, 2000 * 68]) {
        const { from, to } = slice(top, height, 68, count)
        assert.ok(from >= 0 && to <= count && to - from <= maxRows, `${from}..${to} of ${count}`)
        const first = Math.floor(top / 68)
        const end = Math.min(count, first + Math.min(maxRows, Math.ceil(height / 68) + 1))
        if (first < count) assert.ok(from <= first && to >= end, `${from}..${to} does not cover ${first}..${end}`)
      }
})

test('a row is scrolled to only as far as it takes to see it whole', () => {
  assert.equal(reveal(3, 0, 680, 68), undefined)
  assert.equal(reveal(10, 0, 680, 68), 68)
  assert.equal(reveal(2, 300, 680, 68), 136)
})
