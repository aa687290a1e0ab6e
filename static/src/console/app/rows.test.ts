import assert from 'node:assert/strict'
import { test } from 'node:test'
import { message, row } from '../inbox/fixture'
import { completed, RowStore } from './rows'

const known = {
  ...row('a').visitor,
  attributes: { plan: 'gold' },
  page: { url: 'https://shop.example/', title: 'Shop' },
  cart: { items: [] },
  signed: ['plan'],
}

test('a brief row takes nothing away that is known of the visitor, nor of the same last line', () => {
  const old = row('a', { visitor: known, last: message(1, { text: 'all of it' }) })
  const brief = row('a', { head: 2, brief: true, last: message(1, { text: 'all' }) })
  const after = completed({ ...brief, visitor: { ...brief.visitor, name: 'Renamed' } }, old)
  assert.deepEqual(after.visitor, { ...known, name: 'Renamed' })
  assert.equal(after.last?.text, 'all of it')
  assert.equal(after.brief, undefined)
  assert.equal(completed(row('a', { brief: true, last: message(2, { text: 'new' }) }), old).last?.text, 'new')
})

test('what was brief stays so until a whole row comes', () => {
  const rows = new RowStore()
  rows.upsert([row('a', { brief: true })])
  rows.upsert([row('a', { brief: true, head: 2 })])
  assert.equal(rows.peek().get('a')?.brief, true)
  rows.upsert([row('a', { visitor: known, head: 2 })])
  assert.deepEqual([rows.peek().get('a')?.brief, rows.peek().get('a')?.visitor.page], [undefined, known.page])
})

test('a row is stale until it is heard of again, also if nothing in it is new', () => {
  const rows = new RowStore()
  rows.upsert([row('a'), row('b')])
  const mark = rows.mark()
  rows.upsert([row('b', { head: 0 })])
  assert.deepEqual([rows.stale('a', mark), rows.stale('b', mark), rows.stale('c', mark)], [true, false, true])
})

test('whoever asks is told of each row that has become another', () => {
  const rows = new RowStore()
  const told: [string | undefined, string][] = []
  const tell = (before: { state: string } | undefined, after: { state: string }) =>
    told.push([before?.state, after.state])
  rows.upsert([row('a')], tell)
  rows.upsert([row('a', { head: 0, state: 'snoozed' }), row('a', { head: 2, state: 'resolved' })], tell)
  assert.deepEqual(told, [
    [undefined, 'open'],
    ['open', 'resolved'],
  ])
})
