import assert from 'node:assert/strict'
import { test } from 'node:test'
import { belongs, type Filters, filtersOf, readFilters, readTab, wireFilters, writeFilters } from './filters'
import { row } from './fixture'
import { type Tab, tabs } from './order'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 9, minute)).toISOString()
const now = Date.parse(at(30))

/** Whether a row stands in a tab under these filters. */
const stands = (r: ReturnType<typeof row>, tab: Tab, filters: Filters = {}) =>
  wireFilters(tab, filters).some((f) => belongs(r, f, 'me', now))

test('each conversation stands in the tabs that it belongs to', () => {
  const where = (r: ReturnType<typeof row>) => tabs.filter((tab) => stands(r, tab))
  assert.deepEqual(where(row('a', { assignee: 'me' })), ['mine', 'all'])
  assert.deepEqual(where(row('a')), ['unassigned', 'all'])
  assert.deepEqual(where(row('a', { assignee: 'other' })), ['all'])
  assert.deepEqual(where(row('a', { assignee: 'other', invited: ['me'] })), ['mine', 'all'])
  assert.deepEqual(where(row('a', { assignee: 'other', mentioned: ['x', 'me'] })), ['all', 'mentions'])
  assert.deepEqual(where(row('a', { state: 'resolved', assignee: 'me' })), [])
  assert.deepEqual(where(row('a', { state: 'snoozed', assignee: 'me', snoozed_until: at(31) })), ['all'])
  assert.deepEqual(where(row('a', { state: 'snoozed', snoozed_until: at(1) })), ['unassigned', 'all'])
})

test('each filter alone takes out what does not fit it', () => {
  const fits = row('a', {
    site: 'cups',
    language: 'de',
    tags: ['Refund'],
    assignee: 'bo',
    waiting_since: at(20),
  })
  const filters: Filters = { site: 'cups', language: 'de', tag: 'refund', state: 'open', holder: 'bo', waiting: 600 }
  assert.ok(stands(fits, 'all', filters))
  const others: Partial<ReturnType<typeof row>>[] = [
    { site: 'tea' },
    { language: 'de-AT' },
    { tags: ['refunds'] },
    { state: 'resolved' },
    { assignee: 'ann' },
    { waiting_since: at(21) },
  ]
  for (const over of others) assert.equal(stands({ ...fits, ...over }, 'all', filters), false, JSON.stringify(over))
  const { waiting_since: _, ...calm } = fits
  assert.equal(stands(calm, 'all', { waiting: 60 }), false, 'nobody waits')
})

test('states: asleep, done, and whose they are', () => {
  const done = row('a', { state: 'resolved', assignee: 'me' })
  assert.ok(stands(done, 'all', { state: 'resolved' }) && stands(done, 'mine', { state: 'resolved' }))
  assert.ok(!stands(done, 'unassigned', { state: 'resolved' }))
  const asleep = row('b', { state: 'snoozed', snoozed_until: at(31) })
  assert.ok(stands(asleep, 'all', { state: 'snoozed' }) && !stands(asleep, 'all', { state: 'open' }))
  assert.ok(stands(row('c'), 'all', { holder: 'none' }) && !stands(done, 'all', { holder: 'none' }))
  assert.ok(stands(row('d', { assignee: 'me' }), 'all', { holder: 'me' }))
})

test('who has it is said by Mine and Unassigned themselves', () => {
  const filters: Filters = { holder: 'bo', site: 'cups' }
  assert.deepEqual(filtersOf('unassigned', filters), { site: 'cups' })
  assert.deepEqual(filtersOf('mentions', filters), filters)
  assert.deepEqual(wireFilters('unassigned', filters), [{ site: 'cups', state: 'open', assignee: 'none' }])
})

test('an address says the same filters to everybody, and nonsense says none', () => {
  const filters: Filters = {
    site: 'cups',
    language: 'pt-BR',
    tag: 'späte & teure',
    state: 'snoozed',
    holder: 'me',
    waiting: 300,
  }
  assert.deepEqual(readFilters(writeFilters(filters)), filters)
  assert.equal(writeFilters({}), '')
  assert.deepEqual(readFilters(`?site=&state=gone&waiting=-5&waiting=x&holder=${'x'.repeat(101)}`), {})
  assert.deepEqual(readFilters('waiting=1e400'), {})
  assert.equal(readTab('?tab=mentions&x=1'), 'mentions')
  assert.equal(readTab('?tab=resolved'), undefined)
})
