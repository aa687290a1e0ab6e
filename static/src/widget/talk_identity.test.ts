import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import type { Fact } from '../loader/site'
import { FakeSocket } from '../shared/fake_socket'
import { back, me, message, settle, talk, until, world } from './talk_fixture'

const person = { ...me, id: 'p1', name: 'Ana' }
const calls = (name: string) => FakeSocket.last().sent.filter((f) => f.call === name)

/** Warnings are for the shop's developer; here they are counted. */
function warnings() {
  return mock.method(console, 'warn', () => {}).mock
}

test('what a page says waits until the visitor acts, and is told once', async () => {
  const all: Fact[] = [
    ['identify', { name: 'Ana' }],
    ['attributes', { plan: 'free' }],
    ['attributes', { plan: 'gold' }],
    ['cart', { items: [] }],
  ]
  const t = talk()
  t.person.hear(all)
  await settle()
  assert.deepEqual([world.asked.length, world.stored.size], [0, 0])
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  assert.equal(world.asked[0]?.identity, undefined)
  await FakeSocket.last().welcome('e1', me)
  await until(() => calls('attributes').length === 1)
  const { name, attributes, cart } = calls('attributes')[0] as Record<string, unknown>
  assert.deepEqual({ name, attributes, cart }, { name: 'Ana', attributes: { plan: 'gold' }, cart: { items: [] } })
  FakeSocket.last().answer('attributes', {})
  // The frame was loaded anew, and hears the same again.
  t.person.hear(all)
  t.person.moved({ url: 'https://shop.example/cart', title: 'Cart' })
  await until(() => calls('page').length === 1)
  assert.equal(calls('attributes').length, 1)
  FakeSocket.last().answer('page', {})
  t.person.moved({ url: 'https://shop.example/cart', title: 'Cart' })
  t.person.hear([['attributes', { plan: 'silver' }]])
  await until(() => calls('attributes').length === 2)
  assert.equal(calls('page').length, 1)
})

test('a signature goes with the first session, and then the token is enough', async () => {
  world.answers = [
    { token: 't2', visitor: 'p1', verified: true },
    { token: 't2', visitor: 'p1', verified: true },
  ]
  const t = talk()
  t.person.hear([['identify', { jwt: 'a.b.c' }]])
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  assert.equal(world.asked[0]?.identity, 'a.b.c')
  await FakeSocket.last().welcome('e1', person)
  FakeSocket.last().onclose?.({ code: 4401, reason: '' })
  await until(() => world.asked.length === 2)
  assert.deepEqual([world.asked[1]?.identity, world.asked[1]?.token], [undefined, 't2'])
})

test('a token that has ended needs the signature once more', async () => {
  world.stored.set('dragoman.shop.token', 'old')
  world.answers = [
    { status: 401, code: 'token' },
    { token: 't2', visitor: 'p1' },
  ]
  const t = talk()
  t.person.hear([['identify', { jwt: 'a.b.c' }]])
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  assert.deepEqual(
    world.asked.map((a) => [a.token, a.identity]),
    [
      ['old', 'a.b.c'],
      [undefined, 'a.b.c'],
    ],
  )
})

test('a token that ends later needs the signature once more, and all that the page has said is told to whom it is given', async () => {
  world.answers = [
    { token: 't1', visitor: 'p1', verified: true },
    { status: 401, code: 'token' },
    { token: 't2', visitor: 'p1', verified: true },
  ]
  const t = talk()
  t.person.hear([
    ['identify', { jwt: 'a.b.c' }],
    ['attributes', { plan: 'gold' }],
  ])
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', person)
  await until(() => calls('attributes').length === 1)
  FakeSocket.last().answer('attributes', {})
  FakeSocket.last().onclose?.({ code: 4401, reason: '' })
  await until(() => world.asked.length === 3)
  assert.deepEqual(
    world.asked.slice(1).map((a) => [a.token, a.identity]),
    [
      ['t1', undefined],
      [undefined, 'a.b.c'],
    ],
  )
  await back(2)
  await FakeSocket.last().welcome('e1', person)
  await until(() => calls('attributes').length === 1)
})

test('a token that has ended does not take along the one that another tab has by now', async () => {
  world.stored.set('dragoman.shop.token', 'old')
  world.answers = [{ status: 401, code: 'token' }, { token: 'new' }]
  const go = slow()
  const t = talk()
  void t.begin()
  await until(() => world.asked.length === 1)
  world.stored.set('dragoman.shop.token', 'new')
  go()
  await until(() => FakeSocket.made.length === 1)
  assert.deepEqual(
    world.asked.map((a) => a.token),
    ['old', 'new'],
  )
})

test('signing in while the talk goes on takes the unsent lines along, with their keys', async () => {
  const t = talk()
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  t.send('hola')
  await until(() => calls('send').length === 1)
  const key = String(calls('send')[0]?.key)
  world.answers = [{ token: 't2', visitor: 'p1', was: 'v1', verified: true }]
  t.person.hear([['identify', { jwt: 'a.b.c' }]])
  await until(() => FakeSocket.made.length === 2)
  assert.deepEqual([world.asked[1]?.token, world.asked[1]?.identity], ['t1', 'a.b.c'])
  assert.deepEqual(
    t.lines.value.map((l) => [l.key, l.text]),
    [[key, 'hola']],
    'the line stays on the screen',
  )
  FakeSocket.last().onopen?.()
  assert.equal(FakeSocket.last().sent[0]?.token, 't2')
  await FakeSocket.last().welcome('e1', person)
  await until(() => calls('send').length === 1)
  assert.equal(calls('send')[0]?.key, key)
  const stored = message(1, person, { key, text: 'hola' })
  FakeSocket.last().answer('send', { conversation: 'c1', message: stored, dup: true })
  await until(() => t.lines.value.length === 0)
  assert.equal(t.me.value?.id, 'p1')
})

test('another tab has signed in: 4002, and this one comes back as the same person with its lines', async () => {
  const t = talk()
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  t.send('hola')
  await until(() => calls('send').length === 1)
  const key = String(calls('send')[0]?.key)
  world.stored.set('dragoman.shop.token', 't2')
  FakeSocket.last().onclose?.({ code: 4002, reason: 'renew the token' })
  await back(2)
  FakeSocket.last().onopen?.()
  assert.equal(FakeSocket.last().sent[0]?.token, 't2')
  await FakeSocket.last().welcome('e1', person)
  await until(() => calls('send').length === 1)
  assert.equal(calls('send')[0]?.key, key)
})

test('a signature that is refused: nobody begins, the page is told, and the next one is taken', async () => {
  const warned = warnings()
  world.answers = [{ status: 401, code: 'identity', detail: 'it has ended (exp).' }]
  const t = talk()
  let told = 0
  t.person.onRefused = () => told++
  t.person.hear([['identify', { jwt: 'old' }]])
  void t.begin()
  await until(() => t.person.refused.value)
  await settle()
  assert.deepEqual([told, world.asked.length, FakeSocket.made.length, world.stored.size], [1, 1, 0, 0])
  assert.match(String(warned.calls[0]?.arguments[0]), /it has ended/)
  t.person.hear([['identify', { jwt: 'fresh' }]])
  await until(() => FakeSocket.made.length === 1)
  assert.deepEqual([world.asked[1]?.identity, t.person.refused.value], ['fresh', false])
})

/** The next session is answered when the test says so. */
function slow(): () => void {
  const answer = globalThis.fetch
  let go = () => {}
  const gate = new Promise<void>((r) => {
    go = r
  })
  globalThis.fetch = async (url, init) => {
    const response = await answer(url, init)
    await gate
    return response
  }
  return go
}

test('a signature that comes while another is asked about is not lost with that one', async () => {
  warnings()
  for (const first of [
    { status: 401, code: 'identity' },
    { token: 't2', visitor: 'p1', verified: true },
  ]) {
    FakeSocket.made = []
    world.asked = []
    world.stored.clear()
    world.answers = [first, { token: 't3', visitor: 'p1', verified: true }]
    const go = slow()
    const t = talk()
    t.person.hear([['identify', { jwt: 'one' }]])
    void t.begin()
    await until(() => world.asked.length === 1)
    t.person.hear([['identify', { jwt: 'two' }]])
    go()
    await until(() => FakeSocket.made.length > 0)
    await FakeSocket.last().welcome('e1', person)
    await until(() => world.asked.length === 2)
    assert.deepEqual([world.asked[1]?.identity, t.person.refused.value], ['two', false])
    await settle()
    await t.reset()
  }
})

test('attributes that a page brings one after the other are bounded together, and the rest is told', async () => {
  const warned = warnings()
  const before = warned.callCount()
  const many = (prefix: string, n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [prefix + i, i]))
  const t = talk()
  t.person.hear([
    ['attributes', many('a', 40)],
    ['attributes', { a0: 'changed' }],
    ['attributes', { ...many('b', 10), a1: null }],
    ['attributes', many('c', 40)],
  ])
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  await until(() => calls('attributes').length === 1)
  const { attributes } = calls('attributes')[0] as unknown as { attributes: Record<string, string> }
  const kept = Object.values(attributes).filter((v) => v !== '')
  assert.deepEqual([kept.length, attributes.a0, attributes.a1, attributes.c0], [50, 'changed', '', '0'])
  assert.equal(warned.callCount() - before, 1)
})

test('what looks at facts may come late: until then they wait', async () => {
  const t = talk()
  const there = t.person.facts
  t.person.facts = async () => undefined
  t.person.hear([['cart', { items: [{ name: 'Tent' }] }]])
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  await settle()
  assert.equal(calls('attributes').length, 0)
  t.person.facts = there
  t.person.hear([['attributes', { plan: 'gold' }]])
  await until(() => calls('attributes').length === 1)
  const { attributes, cart } = calls('attributes')[0] as Record<string, unknown>
  assert.deepEqual([attributes, cart], [{ plan: 'gold' }, { items: [{ name: 'Tent', quantity: 1 }] }])
})

test('attributes that the server refuses do not take the basket with them', async () => {
  warnings()
  const t = talk()
  t.person.hear([
    ['attributes', { plan: 'gold' }],
    ['cart', { items: [{ name: 'Tent' }] }],
  ])
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  await until(() => calls('attributes').length === 1)
  const { id } = calls('attributes')[0] as { id: number }
  FakeSocket.last().hear({ id, error: { code: 'too_long', message: 'At most 50.' } })
  await until(() => calls('attributes').length === 2)
  const { attributes, cart } = calls('attributes')[1] as Record<string, unknown>
  assert.deepEqual([attributes, cart], [undefined, { items: [{ name: 'Tent', quantity: 1 }] }])
})

test('as a guest the visitor goes on, and a person’s token stays behind', async () => {
  warnings()
  world.stored.set('dragoman.shop.token', 'theirs')
  world.stored.set('dragoman.shop.signed', 'yes')
  world.answers = [
    { status: 401, code: 'identity' },
    { token: 't2', visitor: 'v9' },
  ]
  const t = talk()
  t.person.hear([['identify', { jwt: 'bad' }]])
  void t.begin()
  await until(() => t.person.refused.value)
  t.guest()
  await until(() => FakeSocket.made.length === 1)
  assert.deepEqual([world.asked[1]?.token, world.asked[1]?.identity], [undefined, undefined])
  assert.equal(world.stored.has('dragoman.shop.signed'), false)
})

test('a signature that is refused while the talk goes on changes nothing of it', async () => {
  warnings()
  const t = talk()
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  world.answers = [{ status: 401, code: 'identity' }]
  t.person.hear([['identify', { jwt: 'bad' }]])
  await until(() => t.person.refused.value)
  assert.deepEqual([t.link.value, t.me.value?.id, FakeSocket.made.length], ['connected', 'v1', 1])
})

test('reset forgets what the page has said, signed or not', async () => {
  world.answers = [{ token: 't2', visitor: 'p1', verified: true }]
  const t = talk()
  t.person.hear([
    ['identify', { jwt: 'a.b.c' }],
    ['attributes', { plan: 'gold', debt: '100' }],
    ['cart', { items: [{ name: 'Ring' }] }],
  ])
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', person)
  await until(() => calls('attributes').length === 1)
  t.person.hear([
    ['identify', { jwt: 'not.answered.yet' }],
    ['attributes', { coupon: 'not told yet' }],
  ])
  const gone = t.reset()
  t.person.hear([['attributes', { plan: 'free' }]])
  await gone
  assert.equal(world.stored.size, 0)
  void t.begin()
  await until(() => FakeSocket.made.length === 2)
  const { token, identity } = world.asked.at(-1)!
  assert.deepEqual([token, identity], [undefined, undefined])
  await FakeSocket.last().welcome('e1', me)
  await until(() => calls('attributes').length === 1)
  const { id: _, call: __, ...told } = calls('attributes')[0]!
  assert.deepEqual(told, { attributes: { plan: 'free' } }, 'what is said of the next one is told, and nothing else')
})
