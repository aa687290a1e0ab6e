import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signal } from '@preact/signals'
import type { CallMap, Conversation } from '../../shared/wire.gen'
import { RowStore } from '../app/rows'
import type { Settings } from '../app/settings'
import type { Filters } from './filters'
import { message, row } from './fixture'
import type { Tab } from './order'
import { InboxState, keptResolved } from './state'

const at = (n: number) => new Date(Date.UTC(2026, 10, 22) + n * 1000).toISOString()
const done = (n: number) => row(`r${n}`, { state: 'resolved', last: message(1, { at: at(n) }) })

/** An inbox over a server that has one open conversation and `resolved`, given in one page each, or by so many. */
function inboxOver(resolved: Conversation[], page = resolved.length) {
  const rows = new RowStore()
  const settings = { tab: signal<Tab>('all'), filters: signal<Filters>({}), sort: signal('newest') }
  const asked: CallMap['inbox']['call'][] = []
  const open = row('open', { last: message(1, { at: at(0) }) })
  const inbox = new InboxState({
    rows: rows.all,
    me: signal('me'),
    now: signal(Date.parse(at(9999))),
    minute: signal(Date.parse(at(9999))),
    settings: settings as unknown as Settings,
    call: (_, fields) => {
      asked.push(fields as CallMap['inbox']['call'])
      const all = settings.filters.peek().state === 'resolved' ? resolved : [open]
      return Promise.resolve({
        conversations: all.slice(0, page),
        ...(all.length > page && { next: 'place' }),
      }) as never
    },
    upsert: (r) => rows.upsert(r),
    mark: () => rows.mark(),
    stale: (id, mark) => rows.stale(id, mark),
    forget: (ids) => rows.remove(...ids),
  })
  return { rows, settings, asked, inbox }
}

const come = () => new Promise((r) => setImmediate(r))

test('of what is resolved and on no list that is shown only so much is kept', async () => {
  const resolved = Array.from({ length: keptResolved + 50 }, (_, n) => done(n))
  const { rows, settings, asked, inbox } = inboxOver(resolved)
  settings.filters.value = { state: 'resolved' }
  inbox.begin()
  await come()
  inbox.trim()
  assert.equal(inbox.shown.value.ids.length, resolved.length, 'what is shown stays')
  settings.filters.value = {}
  inbox.begin()
  await come()
  inbox.trim()
  assert.equal(rows.peek().size, keptResolved + 1)
  assert.ok(rows.peek().has('open') && rows.peek().has(`r${resolved.length - 1}`) && !rows.peek().has('r0'))
  asked.length = 0
  settings.filters.value = { state: 'resolved' }
  inbox.begin()
  await come()
  assert.equal(asked.length, 1, 'the list that had them is asked for again')
  assert.equal(inbox.shown.value.ids.length, resolved.length)
})

test('what is forgotten below the end of the list that is shown changes nothing in it', async () => {
  const resolved = Array.from({ length: keptResolved + 300 }, (_, n) => done(n)).reverse()
  const { rows, settings, asked, inbox } = inboxOver(resolved, 25)
  settings.filters.value = { state: 'resolved' }
  inbox.begin()
  await come()
  rows.upsert(resolved)
  inbox.trim()
  assert.equal(rows.peek().size, 25 + keptResolved)
  assert.equal(inbox.shown.value.ids.length, 25)
  assert.equal(inbox.state.value, 'ready')
  assert.equal(asked.length, 1)
})
