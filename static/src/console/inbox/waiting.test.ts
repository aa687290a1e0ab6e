import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inUnits, secondsSince, urgency, wakeTimes } from './waiting'

test('amber at 45 s and red at 90 s, to the second', () => {
  assert.deepEqual([0, 44, 45, 89, 90, 5000].map(urgency), ['calm', 'calm', 'due', 'due', 'late', 'late'])
})

test('seconds by the server’s clock, never negative, and 0 for what is no time', () => {
  const now = Date.parse('2026-11-22T09:00:10.900Z')
  assert.equal(secondsSince('2026-11-22T09:00:00.000Z', now), 10)
  assert.equal(secondsSince('2026-11-22T09:00:11.000Z', now), 0)
  assert.equal(secondsSince('yesterday', now), 0)
})

test('the largest unit of which there is one', () => {
  const said = (s: number) => `${inUnits(s).n} ${inUnits(s).unit}`
  assert.deepEqual([0, 59, 60, 119, 3599, 3600, 86_399, 86_400, 200_000].map(said), [
    '0 s',
    '59 s',
    '1 min',
    '1 min',
    '59 min',
    '1 h',
    '23 h',
    '1 d',
    '2 d',
  ])
})

test('snoozing until an hour on, tomorrow at nine and the next Monday at nine, local time', () => {
  for (let day = 16; day < 30; day++) {
    const now = new Date(2026, 10, day, 14, 30)
    const { hour, tomorrow, monday } = wakeTimes(now)
    assert.equal(hour.getTime() - now.getTime(), 3_600_000)
    assert.deepEqual([tomorrow.getDate(), tomorrow.getHours()], [new Date(2026, 10, day + 1).getDate(), 9])
    assert.deepEqual([monday.getDay(), monday.getHours(), monday.getMinutes()], [1, 9, 0])
    assert.ok(monday > now && monday.getTime() - now.getTime() <= 7 * 86_400_000, `${now} to ${monday}`)
  }
})
