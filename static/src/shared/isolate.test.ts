import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stretches } from './isolate'

/** The numbers that stand alone in a line of Arabic. */
const alone = (text: string) => stretches(`رقمي ${text} شكرا`).flatMap((s) => (typeof s === 'string' ? [] : [s.number]))

test('numbers of several groups stand alone where the line runs from right to left', () => {
  for (const number of [
    '+966 50 123 4567',
    '+966501234567',
    '(11) 98765-4321',
    '302-1234567-1234567',
    '2026-11-27',
    '#4711-2026',
    '#4711',
    '٠٥٠ ١٢٣ ٤٥٦٧',
  ])
    assert.deepEqual(alone(number), [number])
})

test('what a browser sets well by itself is left to it', () => {
  for (const text of [
    '4711',
    '12/11',
    '45.50',
    '10-12',
    '2 3',
    'AS-10482-33',
    'DE-2291-X',
    '1234-5678-X',
    '12:30 – 14:00',
  ])
    assert.deepEqual(alone(text), [], text)
  assert.deepEqual(stretches('call +966 50 123 4567'), ['call +966 50 123 4567'])
})

test('nothing is lost or added', () => {
  for (const text of ['رقمي +966 50 123 4567، أو #12', '#12 رقم', '', 'א 123-4567-8'])
    assert.equal(
      stretches(text)
        .map((s) => (typeof s === 'string' ? s : s.number))
        .join(''),
      text,
    )
})
