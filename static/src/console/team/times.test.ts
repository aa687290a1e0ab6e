import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fieldMin, fieldMoment, fieldValue } from './times'

test('a field says and means local time, to the minute', () => {
  const at = new Date(2026, 2, 5, 7, 3, 40)
  assert.equal(fieldValue(at), '2026-03-05T07:03')
  assert.equal(fieldMin(at.getTime()), '2026-03-05T07:04')
  assert.equal(fieldMoment('2026-03-05T07:04', at.getTime())?.getTime(), new Date(2026, 2, 5, 7, 4).getTime())
})

test('what is past, or no time at all, is no moment to come', () => {
  const now = new Date(2026, 2, 5, 7, 3).getTime()
  assert.equal(fieldMoment('2026-03-05T07:03', now), undefined)
  assert.equal(fieldMoment('2025-12-31T23:59', now), undefined)
  assert.equal(fieldMoment('', now), undefined)
})
