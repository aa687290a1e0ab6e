import assert from 'node:assert/strict'
import { test } from 'node:test'
import { message } from '../inbox/fixture'
import { group, named, runGap, sameItem } from './group'

const emma = { id: 'emma', kind: 'agent' as const, name: 'Emma', language: 'en', online: true }
const start = new Date(2026, 10, 22, 9, 0).getTime()
const line = (seq: number, afterMs: number, over: Parameters<typeof message>[1] = {}) =>
  message(seq, { at: new Date(start + afterMs).toISOString(), ...over })
const shape = (items: ReturnType<typeof group>) =>
  items.map((i) => ('lines' in i ? `${i.type} ${i.lines.map((l) => l.seq)}` : i.type))

test('lines of one person stand together until a pause, another person or another kind', () => {
  const items = group([
    line(1, 0),
    line(2, 1000),
    line(3, 2000, { author: emma }),
    line(4, 3000, { author: emma, kind: 'note' }),
    line(5, 4000),
    line(6, 4000 + runGap),
  ])
  assert.deepEqual(shape(items), ['day', 'run 1,2', 'run 3', 'run 4', 'run 5', 'run 6'])
})

test('a day begins with its heading, and breaks a run', () => {
  const midnight = new Date(2026, 10, 23).getTime() - start
  assert.deepEqual(shape(group([line(1, midnight - 1000), line(2, midnight + 1000)])), ['day', 'run 1', 'day', 'run 2'])
})

test('system lines fold together', () => {
  const event = { kind: 'event' as const, author: emma }
  assert.deepEqual(shape(group([line(1, 0), line(2, 1, event), line(3, 2, event), line(4, 3)])), [
    'day',
    'run 1',
    'events 2,3',
    'run 4',
  ])
})

test('a system line that a newer server has made up is left out, and a kind of line is shown as a line', () => {
  const event = (type: string) =>
    ({ kind: 'event' as const, author: emma, event: { type, by: 'emma' } }) as Parameters<typeof message>[1]
  const odd = { kind: 'form', author: emma } as unknown as Parameters<typeof message>[1]
  assert.deepEqual(
    shape(group([line(1, 0), line(2, 1, event('applauded')), line(3, 2, event('joined')), line(4, 3, odd)])),
    ['day', 'run 1', 'events 3', 'run 4'],
  )
})

test('one mark stands before the first unread line of the visitor', () => {
  const items = group([line(1, 0), line(2, 1, { author: emma }), line(3, 2), line(4, 3)], 1)
  assert.deepEqual(shape(items), ['day', 'run 1', 'run 2', 'unread', 'run 3,4'])
  assert.ok(!shape(group([line(1, 0), line(2, 1)], 2)).includes('unread'), 'all is read')
})

test('keys are unique, so that nothing is drawn anew when lines come in above', () => {
  const many = Array.from({ length: 60 }, (_, i) =>
    line(i + 1, i * 100_000, i % 7 === 0 ? { kind: 'event' } : i % 3 ? {} : { author: emma }),
  )
  const keys = group(many, 20).map((i) => i.key)
  assert.equal(new Set(keys).size, keys.length)
})

test('an item is the same while its lines are', () => {
  const lines = [line(1, 0), line(2, 1000), line(3, 2000, { kind: 'event', author: emma }), line(4, 3000)]
  const changes = (other: typeof lines, unreadAfter = 0) =>
    group(other, unreadAfter).flatMap((item, i) => (sameItem(item, group(lines)[i] ?? item) ? [] : [item.type]))
  assert.deepEqual(changes([...lines]), [])
  assert.deepEqual(changes(lines.with(1, line(2, 1000))), ['run'], 'a line that is another object')
  assert.deepEqual(changes([...lines, line(5, 4000)]), ['run'], 'a line that joins')
  assert.deepEqual(changes(lines.toSpliced(1, 1)), ['run'], 'a line that is gone')
  assert.deepEqual(changes([line(1, 5), ...lines.slice(1)]), ['day', 'run'], 'a day that begins earlier')
})

test('a run keeps its name when older or newer lines join it', () => {
  const known = new Map<number, string>()
  const keys = (lines: Parameters<typeof group>[0]) => {
    const items = group(lines)
    named(items, known)
    return items.filter((i) => i.type === 'run').map((i) => i.key)
  }
  const [one, two, three] = [line(1, 0), line(2, 1000), line(3, 2000)]
  assert.deepEqual(keys([two]), ['r2'])
  assert.deepEqual(keys([one, two, three]), ['r2'])
  // What was one run and falls apart has names of its own.
  assert.deepEqual(keys([one, { ...two, kind: 'note' }, three]), ['r2', "r2'", 'r3'])
})
