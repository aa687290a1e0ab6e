import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fieldHour, fieldMin, fieldMoment, fieldValue } from './times'

test('a field says and means local time, to the minute', () => {
  const at = new Date(2026, 2, 5, 7, 3, 40)
  assert.equal(fieldValue(at), '2026-03-05T07:03')
  assert.equal(fieldMin(at.getTime()), '2026-03-05T07:04')
  assert.equal(fieldMoment('2026-03-05T07:04', at.getTime())?.getTime(), new Date(2026, 2, 5, 7, 4).getTime())
})

test('what stands in a field at first is a full hour, and no time that is over before it is read', () => {
  assert.equal(fieldHour(new Date(2026, 2, 5, 7, 29).getTime()), '2026-03-05T08:00')
  assert.equal(fieldHour(new Date(2026, 2, 5, 7, 31).getTime()), '2026-03-05T09:00')
  assert.equal(fieldHour(new Date(2026, 11, 31, 23, 15).getTime()), '2027-01-01T00:00')
})

test('what is past, or no time at all, is no moment to come', () => {
  const now = new Date(2026, 2, 5, 7, 3).getTime()
  assert.equal(fieldMoment('2026-03-05T07:03', now), undefined)
  assert.equal(fieldMoment('2025-12-31T23:59', now), undefined)
  assert.equal(fieldMoment('', now), undefined)
})
