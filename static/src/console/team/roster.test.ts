import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signal } from '@preact/signals'
import type { AgentsOK, Colleague } from '../../shared/wire.gen'
import type { Desk } from '../app/desk'
import { choices } from './choices'
import { people } from './people'
import { Roster } from './roster'

function agent(id: string, more: Partial<Colleague> = {}): Colleague {
  return {
    id,
    name: id,
    role: 'agent',
    languages: ['en'],
    status: 'available',
    online: true,
    open: 0,
    viewing: [],
    ...more,
  }
}

function roster(answer: Record<string, Colleague[]>) {
  const minute = signal(Date.parse('2026-11-27T12:00:00Z'))
  const r = new Roster({
    call: async (site): Promise<AgentsOK> => ({ site, agents: answer[site] ?? [] }),
    me: signal('ann'),
    minute,
  })
  return { r, minute }
}

test('a roster is what was answered, and what was told since', async () => {
  const { r } = roster({ shop: [agent('ann'), agent('ben')] })
  await r.load(['shop'])
  r.take({ event: 'agents', site: 'shop', agents: [agent('ben', { open: 3 }), agent('eva')], gone: ['ann'] })
  assert.deepEqual(
    r.of('shop').map((a) => [a.id, a.open]),
    [
      ['ben', 3],
      ['eva', 0],
    ],
  )
  assert.deepEqual(r.of('elsewhere'), [])
})

test('who looks at a conversation is everybody else, whichever site says so', async () => {
  const looks = (id: string, typing?: boolean) => [{ conversation: id, ...(typing && { typing }) }]
  const { r } = roster({
    shop: [agent('ann', { viewing: looks('c1') }), agent('ben', { viewing: looks('c1', true) })],
    other: [agent('eva', { viewing: looks('c2') })],
  })
  await r.load(['shop', 'other'])
  const names = (id: string) => r.company.value.get(id)?.looking.map((a) => a.id)
  assert.deepEqual(names('c1'), ['ben'])
  assert.deepEqual(names('c2'), ['eva'])
  assert.deepEqual(
    r.company.value.get('c1')?.typing.map((a) => a.id),
    ['ben'],
  )
  assert.equal(names('c3'), undefined)
})

test('one who wants to be back at a time is, by the clock', async () => {
  const { r, minute } = roster({ shop: [agent('ann', { status: 'away', until: '2026-11-27T12:30:00.000Z' })] })
  assert.equal(r.mine.value, undefined)
  await r.load(['shop'])
  assert.deepEqual(r.mine.value, { status: 'away', until: '2026-11-27T12:30:00.000Z' })
  minute.value = Date.parse('2026-11-27T12:30:00Z')
  assert.deepEqual(r.mine.value, { status: 'available' })
  assert.equal(r.of('shop')[0]?.until, undefined)
  r.set({ status: 'away' })
  assert.deepEqual(r.mine.value, { status: 'away' })
})

test('a call that fails leaves what is known', async () => {
  const { r } = roster({ shop: [agent('ben')] })
  await r.load(['shop'])
  const broken = new Roster({ call: () => Promise.reject(new Error('offline')), me: signal('ann'), minute: signal(0) })
  await broken.load(['shop'])
  assert.deepEqual(broken.of('shop'), [])
  assert.equal(r.of('shop').length, 1)
})

test('who reads the customer comes first, then who is there, then who has least to do', () => {
  const all = [
    agent('busy', { languages: ['en', 'pt-BR'], open: 9 }),
    agent('idle', { languages: ['pt-PT'], open: 1 }),
    agent('away', { languages: ['pt'], status: 'away' }),
    agent('gone', { languages: ['pt'], online: false }),
    agent('zoe', { languages: ['de'] }),
    agent('amy', { languages: ['de'] }),
  ]
  const order = (typed: string) => choices(all, 'pt', typed).map((a) => a.id)
  assert.deepEqual(order(''), ['idle', 'busy', 'away', 'gone', 'amy', 'zoe'])
  assert.deepEqual(order(' germ'), ['amy', 'zoe'])
  assert.deepEqual(order('ZO'), ['zoe'])
  assert.deepEqual(order('nobody'), [])
})

test('who is on several sites is one to choose, and oneself is none', async () => {
  const { r } = roster({
    shop: [agent('eva'), agent('ann'), agent('ben')],
    depot: [agent('ben'), agent('cid')],
    other: [agent('dan')],
  })
  await r.load(['shop', 'depot', 'other'])
  const sites = signal([{ key: 'shop' }, { key: 'depot' }])
  assert.deepEqual(
    people({ sites, roster: r, myId: signal('ann') } as unknown as Desk).map((a) => a.id),
    ['ben', 'cid', 'eva'],
  )
})
