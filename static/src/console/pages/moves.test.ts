import assert from 'node:assert/strict'
import { test } from 'node:test'
import { moved } from './moves'

const extent = { rows: 100, columns: 4, page: 10, rtl: false, far: false }
const at = { row: 50, column: 1 }

test('arrow keys move a cell at a time and stop at the edges', () => {
  assert.deepEqual(moved(at, 'ArrowDown', extent), { row: 51, column: 1 })
  assert.deepEqual(moved(at, 'ArrowUp', extent), { row: 49, column: 1 })
  assert.deepEqual(moved(at, 'ArrowRight', extent), { row: 50, column: 2 })
  assert.deepEqual(moved({ row: 99, column: 3 }, 'ArrowDown', extent), { row: 99, column: 3 })
  assert.deepEqual(moved({ row: 0, column: 0 }, 'ArrowLeft', extent), { row: 0, column: 0 })
})

test('where lines run from right to left, right is back', () => {
  assert.deepEqual(moved(at, 'ArrowRight', { ...extent, rtl: true }), { row: 50, column: 0 })
  assert.deepEqual(moved(at, 'ArrowLeft', { ...extent, rtl: true }), { row: 50, column: 2 })
})

test('pages, ends of rows, and with Control the ends of all', () => {
  assert.deepEqual(moved(at, 'PageDown', extent), { row: 60, column: 1 })
  assert.deepEqual(moved({ row: 3, column: 1 }, 'PageUp', extent), { row: 0, column: 1 })
  assert.deepEqual(moved(at, 'Home', extent), { row: 50, column: 0 })
  assert.deepEqual(moved(at, 'End', extent), { row: 50, column: 3 })
  assert.deepEqual(moved(at, 'Home', { ...extent, far: true }), { row: 0, column: 0 })
  assert.deepEqual(moved(at, 'End', { ...extent, far: true }), { row: 99, column: 3 })
})

test('other keys lead nowhere', () => {
  for (const key of ['a', 'Tab', 'Escape']) assert.equal(moved(at, key, extent), undefined)
})
