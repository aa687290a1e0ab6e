import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signal } from '@preact/signals'
import type { Line } from '../shared/outbox'
import type { Room } from '../shared/rooms'
import type { Talk } from './talk'
import { watch } from './watch'

const room = (state: string) => ({ row: { state } }) as Room

test('a line that is not sent is told at once, and everything else when it has settled', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const talk = {
    unread: signal(0),
    lines: signal<readonly Line[]>([]),
    current: signal<Room | undefined>(undefined),
  }
  const told: unknown[] = []
  watch(talk as unknown as Talk, (n, live) => told.push([n, live]))
  assert.deepEqual(told, [])
  context.mock.timers.tick(150)
  assert.deepEqual(told.splice(0), [[0, false]])

  talk.unread.value = 1
  talk.lines.value = [{ key: 'k1' } as Line]
  assert.deepEqual(told.splice(0), [[0, true]], 'what is unread may be seen yet')
  context.mock.timers.tick(150)
  assert.deepEqual(told.splice(0), [[1, true]])

  talk.unread.value = 0
  talk.current.value = room('open')
  talk.lines.value = []
  context.mock.timers.tick(150)
  assert.deepEqual(told.splice(0), [[0, true]])
  talk.current.value = room('resolved')
  context.mock.timers.tick(150)
  assert.deepEqual(told, [[0, false]])
})
