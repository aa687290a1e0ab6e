import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, delay } from './backoff'

test('the range of a close code decides', () => {
  for (const code of [1000, 1001, 1006, 1011, 1012, 1013, 4000, 4003, 4029, 4050, 4099])
    assert.equal(decide(code), 'again', `${code}`)
  for (const code of [4400, 4401, 4403, 4404, 4408, 4410, 4413, 4423, 4450, 4499])
    assert.equal(decide(code), 'stop', `${code}`)
  assert.equal(decide(1007), 'ask')
})

test('the backoff is a full jitter up to 30 s', () => {
  const most = (attempt: number) => delay({ code: 1006, reason: '' }, attempt, 0, () => 1)
  assert.deepEqual([0, 1, 2, 3, 4, 5, 50].map(most), [1000, 2000, 4000, 8000, 16000, 30000, 30000])
  assert.equal(
    delay({ code: 1006, reason: '' }, 3, 0, () => 0),
    0,
  )
})

test('a restart that was announced spreads the first try over its window', () => {
  assert.equal(
    delay({ code: 1012, reason: '' }, 0, 20, () => 0.5),
    10_000,
  )
  assert.equal(
    delay({ code: 1012, reason: '' }, 3, 20, () => 1),
    20_000,
  )
})

test('a full server is left alone for 10 to 60 s, a rate for as long as it says', () => {
  assert.equal(
    delay({ code: 1013, reason: '' }, 0, 0, () => 0),
    10_000,
  )
  assert.equal(
    delay({ code: 1013, reason: '' }, 9, 0, () => 1),
    60_000,
  )
  assert.equal(
    delay({ code: 4029, reason: '{"retry_after_s":7}' }, 0, 0, () => 0),
    7000,
  )
})
