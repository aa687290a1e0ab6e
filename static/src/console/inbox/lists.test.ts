import assert from 'node:assert/strict'
import { test } from 'node:test'
import { effect } from '@preact/signals'
import type { CallMap, Conversation } from '../../shared/wire.gen'
import { RowStore } from '../app/rows'
import { message, row } from './fixture'
import { Lists } from './lists'
import { compareBy } from './order'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 9, minute)).toISOString()
const now = Date.parse(at(59))
const talk = (minute: number, over: Partial<Conversation> = {}) =>
  row(`c${String(minute).padStart(2, '0')}`, { last: message(1, { at: at(minute) }), ...over })

/** Lists over a server that answers by hand. */
function lists() {
  const rows = new RowStore()
  const asked: CallMap['inbox']['call'][] = []
  const answers: ((ok: CallMap['inbox']['ok'] | Error) => Promise<void>)[] = []
  const all = new Lists({
    call: (fields) => {
      asked.push(fields)
      return new Promise((resolve, reject) =>
        answers.push((ok) => {
          if (ok instanceof Error) reject(ok)
          else resolve(ok)
          return new Promise((done) => setImmediate(done))
        }),
      )
    },
    upsert: (r) => rows.upsert(r),
    rows: () => rows.peek(),
    stale: (id, mark) => rows.stale(id, mark),
    mark: () => rows.mark(),
    forget: (ids) => rows.remove(...ids),
    counted: () => {},
    me: () => 'me',
    now: () => now,
  })
  const open = [{ unresolved: true }]
  const shown = () =>
    [...rows.peek().values()]
      .filter((r) => all.has(r, open, 'newest', compareBy('newest', now), now))
      .sort(compareBy('newest', now))
      .map((r) => r.id)
  const answer = (ok: CallMap['inbox']['ok'] | Error) => answers.shift()?.(ok)
  return { rows, all, asked, answer, shown, open }
}

test('a list is loaded page by page, one at a time, and brief', async () => {
  const l = lists()
  l.all.begin(l.open, 'newest')
  l.all.more(l.open, 'newest')
  assert.equal(l.asked.length, 1, 'one is under way')
  assert.equal(l.all.begun(l.open, 'newest'), false)
  assert.deepEqual(l.asked[0], { filter: { unresolved: true }, order: 'newest', limit: 25, brief: true })
  await l.answer({ conversations: [talk(50), talk(40)], next: 'place' })
  assert.equal(l.all.state(l.open, 'newest'), 'ready')
  l.all.begin(l.open, 'newest')
  assert.equal(l.asked.length, 1, 'it is here')
  l.all.more(l.open, 'newest')
  assert.deepEqual(l.asked[1], {
    filter: { unresolved: true },
    order: 'newest',
    limit: 100,
    brief: true,
    after: 'place',
  })
  await l.answer(new Error('away'))
  assert.equal(l.all.state(l.open, 'newest'), 'failed')
  assert.ok(l.all.begun(l.open, 'newest'), 'what is here stays here')
  l.all.more(l.open, 'newest')
  assert.equal(l.asked[2]?.after, 'place', 'what failed is asked for again, and not what is here')
  await l.answer({ conversations: [talk(30)] })
  assert.deepEqual(l.shown(), ['c50', 'c40', 'c30'])
  l.all.more(l.open, 'newest')
  assert.equal(l.asked.length, 3, 'the list is complete')
})

test('a first page that fails after a connection is asked for again as the first', async () => {
  const l = lists()
  l.all.begin(l.open, 'newest')
  await l.answer({ conversations: [talk(50)], next: 'place' })
  l.all.reload(l.open, 'newest')
  await l.answer(new Error('away'))
  l.all.more(l.open, 'newest')
  assert.equal(l.asked[2]?.after, undefined)
})

test('what stands beyond the pages that are here is not shown before they come', async () => {
  const l = lists()
  l.all.begin(l.open, 'newest')
  await l.answer({ conversations: [talk(50), talk(40)], next: 'place' })
  l.rows.upsert([talk(45), talk(10)])
  assert.deepEqual(l.shown(), ['c50', 'c45', 'c40'], 'the one between is in its place, the one beyond waits')
  l.all.more(l.open, 'newest')
  await l.answer({ conversations: [talk(30), talk(10)] })
  assert.deepEqual(l.shown(), ['c50', 'c45', 'c40', 'c30', 'c10'])
  assert.deepEqual([...l.all.asked], ['c30', 'c10'], 'what was scrolled to')
})

test('what a page does not have, and nobody has told of since, has gone while there was no connection', async () => {
  const l = lists()
  l.rows.upsert([talk(48), talk(46), talk(5), talk(47, { state: 'resolved' })])
  l.all.begin(l.open, 'newest')
  l.rows.upsert([talk(46, { head: 2 })])
  await l.answer({ conversations: [talk(50), talk(40)], next: 'place' })
  assert.deepEqual(l.shown(), ['c50', 'c46', 'c40'])
  assert.deepEqual(
    [...l.rows.peek().keys()].sort(),
    ['c05', 'c40', 'c46', 'c47', 'c50'],
    'only what would stand in that page',
  )
})

test('after a connection the first page is asked for again, other lists when they are looked at', async () => {
  const l = lists()
  const mine = [{ assignee: 'me' }]
  l.all.begin(l.open, 'newest')
  await l.answer({ conversations: [talk(50)] })
  l.all.begin(mine, 'newest')
  await l.answer({ conversations: [] })
  l.all.reload(l.open, 'newest')
  assert.equal(l.asked.length, 3)
  assert.equal(l.all.state(l.open, 'newest'), 'loading')
  assert.deepEqual(l.shown(), ['c50'], 'what is known stays in sight')
  l.all.begin(mine, 'newest')
  assert.equal(l.asked.length, 4)
})

test('who looks at a list while all are asked for again does not keep that from ending', async () => {
  const l = lists()
  l.all.begin(l.open, 'newest')
  let looked = 0
  const stop = effect(() => {
    l.all.begun(l.open, 'newest')
    assert.ok(++looked < 50, 'it does not end')
  })
  l.all.reload(l.open, 'newest')
  stop()
  assert.equal(l.asked.length, 2)
})

/** Forgets rows as the inbox does: first told, then gone. */
function forget(l: ReturnType<typeof lists>, ...gone: Conversation[]): void {
  l.all.forgot(gone)
  l.rows.remove(...gone.map((row) => row.id))
}

test('a list is not asked for again for rows that it has not come to', async () => {
  const l = lists()
  l.all.begin(l.open, 'newest')
  await l.answer({ conversations: [talk(50), talk(40)], next: 'place' })
  l.rows.upsert([talk(20), talk(10)])
  forget(l, talk(10))
  assert.equal(l.all.state(l.open, 'newest'), 'ready')
  assert.deepEqual(l.shown(), ['c50', 'c40'], 'and what stands beyond its end stays there')
  l.all.more(l.open, 'newest')
  assert.equal(l.asked[1]?.after, 'place')
})

test('a list that had what is forgotten is asked for again, whether it was a page or an event that brought it', async () => {
  for (const gone of [talk(40), talk(45)]) {
    const l = lists()
    l.all.begin(l.open, 'newest')
    await l.answer({ conversations: [talk(50), talk(40), talk(30)], next: 'place' })
    l.rows.upsert([talk(45)])
    forget(l, gone)
    l.all.begin(l.open, 'newest')
    assert.equal(l.asked.length, 2, gone.id)
    assert.equal(l.asked[1]?.after, undefined)
  }
})

test('a list that loads while its rows are forgotten is asked for once more', async () => {
  const l = lists()
  l.all.begin(l.open, 'newest')
  await l.answer({ conversations: [talk(50), talk(40)], next: 'place' })
  l.all.more(l.open, 'newest')
  forget(l, talk(40))
  await l.answer({ conversations: [talk(30)] })
  assert.equal(l.asked.length, 3)
  assert.equal(l.asked[2]?.after, undefined)
  await l.answer({ conversations: [talk(50), talk(40), talk(30)] })
  assert.deepEqual(l.shown(), ['c50', 'c40', 'c30'])
  assert.equal(l.all.state(l.open, 'newest'), 'ready')
  assert.equal(l.asked.length, 3, 'once')

  const m = lists()
  m.all.begin(m.open, 'newest')
  await m.answer({ conversations: [talk(50), talk(40)], next: 'place' })
  m.all.more(m.open, 'newest')
  forget(m, talk(40))
  await m.answer(new Error('away'))
  m.all.more(m.open, 'newest')
  assert.equal(m.asked[2]?.after, undefined, 'after a failure from the beginning')
})
