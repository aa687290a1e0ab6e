import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Search, SearchHit, SearchOK } from '../../shared/wire.gen'
import { Finder } from './finder'
import { pieces, span } from './marks'

test('a snippet is cut where it is marked, in UTF-16', () => {
  const marks = [
    { from: 3, to: 7 },
    { from: 8, to: 9 },
  ]
  assert.deepEqual(pieces({ text: '😀 blue x', marks }), [
    { text: '😀 ', marked: false },
    { text: 'blue', marked: true },
    { text: ' ', marked: false },
    { text: 'x', marked: true },
  ])
  assert.deepEqual(pieces({ text: 'abc' }), [{ text: 'abc', marked: false }])
  assert.deepEqual(pieces({ text: 'abc', marks: [{ from: 2, to: 9 }] }), [{ text: 'abc', marked: false }])
})

test('days stand for their moments in local time', () => {
  const { from, to } = span('2026-03-01', '2026-03-31')
  assert.equal(new Date(from ?? '').getTime(), new Date(2026, 2, 1).getTime())
  assert.equal(new Date(to ?? '').getTime(), new Date(2026, 3, 1).getTime())
  assert.deepEqual(span('', ''), {})
  assert.deepEqual(span('x', '2026-'), {})
})

const hit = (seq: number) => ({ conversation: 'c', seq }) as SearchHit

/** A server whose answers come when the test says so. */
function server() {
  const asked: { fields: Search; answer: (ok: SearchOK) => void; fail: (err: unknown) => void }[] = []
  const finder = new Finder((fields) => new Promise((answer, fail) => asked.push({ fields, answer, fail })))
  finder.text.value = 'cup'
  return { finder, asked }
}

test('of two wishes the later one holds, whatever is answered first', async () => {
  const { finder, asked } = server()
  const first = finder.look()
  finder.narrow({ site: 'shop' })
  asked[1]?.answer({ hits: [hit(2)] })
  asked[0]?.answer({ hits: [hit(1)] })
  await first
  await Promise.resolve()
  assert.deepEqual(finder.hits.value, [hit(2)])
  assert.equal(finder.state.value, 'ready')
  assert.deepEqual(asked[1]?.fields.filter, { site: 'shop' })
})

test('pages follow each other, and empty ones are passed over', async () => {
  const { finder, asked } = server()
  const turn = () => new Promise((r) => setImmediate(r))
  const first = finder.look()
  asked[0]?.answer({ hits: [], next: 'a' })
  await turn()
  assert.equal(asked[1]?.fields.after, 'a')
  asked[1]?.answer({ hits: [hit(9)], next: 'b' })
  await first
  assert.equal(finder.more.value, true)
  const second = finder.further()
  asked[2]?.answer({ hits: [hit(8)] })
  await second
  assert.deepEqual(finder.hits.value, [hit(9), hit(8)])
  assert.equal(finder.more.value, false)
})

test('a failure is told and hits of before do not stand under another question', async () => {
  const { finder, asked } = server()
  const first = finder.look()
  asked[0]?.fail(new Error('no'))
  await first
  assert.equal(finder.state.value, 'failed')
  assert.deepEqual(finder.hits.value, [])
  finder.type(' ')
  assert.equal(finder.state.value, 'nothing')
})

test('hits of an earlier wish are known as such until the later one is answered', async () => {
  const { finder, asked } = server()
  const first = finder.look()
  asked[0]?.answer({ hits: [hit(1)], next: 'a' })
  await first
  assert.equal(finder.stale.value, false)
  const further = finder.further()
  assert.equal(finder.stale.value, false, 'a next page takes nothing from those that are there')
  asked[1]?.answer({ hits: [hit(2)] })
  await further
  finder.type('cups')
  assert.equal(finder.stale.value, true)
  const second = finder.look()
  asked[2]?.answer({ hits: [hit(3)] })
  await second
  assert.deepEqual([finder.stale.value, finder.hits.value], [false, [hit(3)]])
  finder.narrow({ site: 'shop' })
  assert.equal(finder.stale.value, true)
  finder.type('')
  assert.equal(finder.stale.value, false)
})
