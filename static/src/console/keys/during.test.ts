import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { signal } from '@preact/signals'
import type { Notice } from '../app/notices'
import { during, unnoticed } from './during'

mock.timers.enable({ apis: ['setInterval'] })

test('what takes long is told until it is over, and what does not is not told', () => {
  const current = signal<Notice | undefined>(undefined)
  during(current, 'Loading')()
  mock.timers.tick(unnoticed)
  assert.equal(current.peek(), undefined)
  const over = during(current, 'Loading')
  mock.timers.tick(unnoticed)
  assert.equal(current.peek()?.text, 'Loading')
  current.value = undefined // a notice goes by itself
  mock.timers.tick(unnoticed)
  assert.equal(current.peek()?.text, 'Loading')
  over()
  assert.equal(current.peek(), undefined)
  mock.timers.tick(unnoticed)
  assert.equal(current.peek(), undefined)
})

test('it takes the place of nothing, and takes away nothing that was said since', () => {
  const done: Notice = { text: 'Done', kind: 'info', action: { text: 'Undo', run: () => {} } }
  const current = signal<Notice | undefined>(done)
  const first = during(current, 'Loading')
  mock.timers.tick(unnoticed)
  assert.equal(current.peek(), done)
  first()
  assert.equal(current.peek(), done)
  current.value = undefined
  const second = during(current, 'Loading')
  mock.timers.tick(unnoticed)
  current.value = done
  second()
  assert.equal(current.peek(), done)
})
