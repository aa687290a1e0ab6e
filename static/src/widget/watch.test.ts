import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signal } from '@preact/signals'
import type { Line } from '../shared/outbox'
import type { Room } from '../shared/rooms'
import type { Participant } from '../shared/wire.gen'
import type { Link } from './link'
import type { Talk } from './talk'
import { watch } from './watch'

const room = (state: string) => ({ row: { state } }) as Room
const me = { id: 'v1' } as Participant
const line = { key: 'k1' } as Line

/** A talk as far as it is watched, and what was told of it. */
function watched() {
  const talk = {
    me: signal<Participant | undefined>(undefined),
    link: signal<Link>('asleep'),
    unread: signal(0),
    lines: signal<readonly Line[]>([]),
    current: signal<Room | undefined>(undefined),
  }
  const told: unknown[] = []
  watch(talk as unknown as Talk, {
    unread: (n) => told.push(n),
    live: (live, tab) => told.push(tab ? { tab: live } : { live }),
  })
  return { talk, told: () => told.splice(0) }
}

test('what is unread is told when it has settled', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const { talk, told } = watched()
  talk.unread.value = 1
  context.mock.timers.tick(149)
  assert.deepEqual(told(), [], 'it may be seen yet')
  context.mock.timers.tick(1)
  assert.deepEqual(told(), [1])
  talk.unread.value = 2
  talk.unread.value = 1
  context.mock.timers.tick(150)
  assert.deepEqual(told(), [])
})

test('a line that nobody owns yet is told of its tab alone, and of all pages once it is somebody’s', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const { talk, told } = watched()
  talk.lines.value = [line]
  assert.deepEqual(told(), [{ tab: true }])
  talk.me.value = me
  assert.deepEqual(told(), [{ live: true }, { tab: false }])
})

test('a talk that is not known yet is not told to be over, however long its connection takes', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const { talk, told } = watched()
  context.mock.timers.tick(60_000)
  talk.me.value = me
  talk.link.value = 'connecting'
  context.mock.timers.tick(60_000)
  assert.deepEqual(told(), [])

  talk.link.value = 'connected'
  context.mock.timers.tick(4999)
  assert.deepEqual(told(), [], 'what was said comes after the connection')
  talk.current.value = room('open')
  context.mock.timers.tick(150)
  assert.deepEqual(told(), [{ live: true }])
  talk.current.value = room('resolved')
  context.mock.timers.tick(5000)
  assert.deepEqual(told(), [{ live: false }])
})

test('who has written nothing has no talk; a line that was taken away leaves none', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const { talk, told } = watched()
  talk.me.value = me
  talk.link.value = 'connected'
  context.mock.timers.tick(5000)
  assert.deepEqual(told(), [{ live: false }])
  talk.lines.value = [line]
  talk.lines.value = []
  context.mock.timers.tick(5000)
  assert.deepEqual(told(), [{ live: true }, { live: false }])
})

test('after a reset the next one’s talk is told anew', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const { talk, told } = watched()
  talk.me.value = me
  talk.lines.value = [line]
  talk.lines.value = []
  talk.me.value = undefined
  told()
  talk.me.value = { id: 'v2' } as Participant
  talk.lines.value = [line]
  assert.deepEqual(told(), [{ live: true }])
})
