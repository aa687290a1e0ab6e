import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClock } from '../../shared/fake_clock'
import { Pager } from './pager'
import { type Overtaken, Removals, type Removing, removalOf } from './removals'
import { asRead, Refused, Rest, siteURL } from './rest'
import { Shelf } from './shelf'

test('a shelf tells loading, there and failed, and keeps what it has', async () => {
  const answers: Array<() => string[]> = []
  const next = () => {
    const answer = answers.shift()
    if (!answer) throw new Refused('offline', 'No connection.')
    return answer()
  }
  const shelf = new Shelf<string>(async () => next())
  assert.equal(shelf.standing.value, 'loading')
  await shelf.load()
  assert.equal(shelf.standing.value, 'failed')
  assert.equal(shelf.fault.value, 'No connection.')
  answers.push(() => ['a', 'b'])
  await shelf.load()
  assert.deepEqual([shelf.standing.value, ...shelf.items.value], ['ready', 'a', 'b'])
  await shelf.load()
  assert.deepEqual([shelf.standing.value, ...shelf.items.value], ['ready', 'a', 'b'])
})

test('an answer that was under way when something changed does not bring the old back', async () => {
  let answer: (items: string[]) => void = () => {}
  const shelf = new Shelf<string>(() => new Promise((r) => (answer = r)))
  const loading = shelf.load()
  shelf.put('new', (s) => s === 'old')
  answer(['old'])
  await loading
  assert.deepEqual(shelf.items.value, ['new'])
  shelf.take((s) => s === 'new')
  assert.deepEqual(shelf.items.value, [])
})

test('what is removed goes out of sight at once, and back when that is taken back in time', async () => {
  const clock = new FakeClock()
  const sent: string[] = []
  const removals = new Removals(1000)
  const removal = (key: string) => ({
    key,
    send: async (late: boolean) => void sent.push(`${key}${late ? ' late' : ''}`),
    failed: () => assert.fail('nothing fails here'),
  })
  const back = removals.remove(removal('a'))
  assert.ok(removals.hidden.value.has('a'))
  clock.tick(999)
  assert.equal(back(), true)
  assert.equal(removals.hidden.value.size, 0)
  clock.tick(1000)
  assert.deepEqual(sent, [])

  const late = removals.remove(removal('b'))
  clock.tick(1000)
  assert.deepEqual(sent, ['b'])
  assert.equal(late(), false, 'too late')

  removals.remove(removal('c'))
  await removals.flush(true)
  assert.deepEqual(sent, ['b', 'c late'])
  assert.equal(removals.hidden.value.size, 0)
  clock.stop()
})

test('what could not be removed is shown again', async () => {
  const told: unknown[] = []
  const removals = new Removals(1000)
  removals.remove({
    key: 'a',
    send: () => Promise.reject(new Refused('forbidden', 'Only admins.')),
    failed: (err) => void told.push((err as Error).message),
  })
  await removals.flush(false)
  assert.deepEqual(told, ['Only admins.'])
  assert.equal(removals.hidden.value.size, 0)
})

test('what somebody has changed meanwhile is not removed before that was seen, and what he has removed is gone', async () => {
  interface Thing {
    id: string
    at: string
  }
  const read = { id: 'a', at: '1' }
  for (const [refusal, there, ends] of [
    [undefined, undefined, ['gone']],
    ['not_found', undefined, ['gone']],
    ['changed', { id: 'a', at: '2' }, ['1 became 2']],
    ['changed', undefined, ['gone']],
    // What stands there could not be asked for.
    ['changed', read, ['failed']],
    ['forbidden', read, ['failed']],
  ] as [string | undefined, Thing | undefined, string[]][]) {
    const told: string[] = []
    const things: Removing<Thing> = {
      key: (one) => one.id,
      ask: async () => {
        if (refusal) throw new Refused(refusal, '')
      },
      gone: () => void told.push('gone'),
      now: async () => there,
    }
    const both = ({ was, now }: Overtaken<Thing>) => void told.push(`${was.at} became ${now.at}`)
    const removals = new Removals(1000)
    removals.remove(removalOf(things, read, both, () => void told.push('failed')))
    await removals.now('a')
    await new Promise((done) => setImmediate(done))
    assert.deepEqual(told, ends, `${refusal}`)
    assert.equal(removals.hidden.value.size, 0)
  }
})

test('pages come one after the other, and only those of the last question', async () => {
  const asked: string[] = []
  let hold: (() => void) | undefined
  const pager = new Pager<string, string>(async (query, after) => {
    asked.push(`${query} ${after ?? ''}`)
    if (query === 'slow') await new Promise<void>((r) => (hold = r))
    if (query === 'bad') throw new Refused('offline', 'No connection.')
    return after ? { items: [`${query}2`], next: undefined } : { items: [`${query}1`], next: 'x' }
  })
  const slow = pager.find('slow')
  await pager.find('q')
  hold?.()
  await slow
  assert.deepEqual(pager.items.value, ['q1'])
  await Promise.all([pager.further(), pager.further()])
  assert.deepEqual(pager.items.value, ['q1', 'q2'])
  assert.equal(pager.more.value, false)
  await pager.further()
  assert.deepEqual(asked, ['slow ', 'q ', 'q x'])
  pager.drop((s) => s === 'q1')
  assert.deepEqual(pager.items.value, ['q2'])
  await pager.find('bad')
  assert.deepEqual([pager.standing.value, pager.fault.value], ['failed', 'No connection.'])
})

test('a refusal is said in the server’s words, a missing network in ours', async () => {
  const answers = [
    () => new Response('{"code":"conflict","detail":"It is there."}', { status: 409 }),
    () => new Response('<html>', { status: 502 }),
    () => new Response('{"code":"rate"}', { status: 429, headers: { 'Retry-After': '7' } }),
    () => {
      throw new TypeError('fetch failed')
    },
    () => new Response(undefined, { status: 204 }),
  ]
  const asked: string[] = []
  const rest = new Rest(async (url, init) => {
    asked.push(`${init?.method} ${url} ${init?.keepalive ?? false}`)
    return (answers.shift() as () => Response)()
  })
  const said = async () => rest.get('/x').catch((err: Refused) => `${err.code}: ${err.message}`)
  assert.equal(await said(), 'conflict: It is there.')
  assert.equal(await said(), 'internal: Something went wrong. Try again.')
  assert.equal(await said(), 'rate: Too many at once. Try again in 7 seconds.')
  assert.equal(await said(), 'offline: There is no connection. Try again when it is back.')
  await rest.remove(siteURL('a b', 'canned', 'ü', 'pt-BR'), true)
  assert.equal(asked.at(-1), 'DELETE /agent/v1/sites/a%20b/canned/%C3%BC/pt-BR true')
})

test('a request says what it was made of, and a refusal that this is not there any more', async () => {
  const asked: unknown[] = []
  const rest = new Rest(async (_, init) => {
    asked.push(init?.headers)
    return new Response('{"code":"conflict","detail":"Read it again."}', { status: 412 })
  })
  const code = (sent: Promise<unknown>) => sent.catch((err: Refused) => err.code)
  const at = '2026-11-27T12:00:00.000Z'
  assert.equal(await code(rest.send('PUT', '/x', { text: 'mine' }, asRead({ at }))), 'changed')
  assert.equal(await code(rest.send('POST', '/x', undefined, asRead(undefined))), 'changed')
  assert.equal(await code(rest.remove('/x', false, asRead({ at }))), 'changed')
  assert.deepEqual(asked, [
    { 'Content-Type': 'application/json', 'If-Match': `"${at}"` },
    { 'If-None-Match': '*' },
    { 'If-Match': `"${at}"` },
  ])
})

test('what is put under the name of what waits to be removed is not removed with it', async () => {
  const done: string[] = []
  let gone = () => {}
  const removals = new Removals(1000)
  removals.remove({
    key: 'hello',
    send: () => new Promise((r) => (gone = r)),
    failed: () => assert.fail('nothing fails here'),
  })
  const put = () => removals.now('hello').then(() => done.push('put'))
  const first = put()
  // On its way already: whoever comes second waits as well.
  const second = put()
  await Promise.resolve()
  assert.deepEqual(done, [])
  gone()
  await Promise.all([first, second])
  assert.deepEqual(done, ['put', 'put'])
  assert.equal(removals.hidden.value.size, 0)
  await removals.now('another')
})

test('the same question once more brings as much as is here, and takes nothing away meanwhile', async () => {
  const asked: (string | undefined)[] = []
  let stored = ['a', 'b', 'c', 'd', 'e']
  const pager = new Pager<string, object>(async (_, after) => {
    asked.push(after)
    const at = Number(after ?? 0)
    return { items: stored.slice(at, at + 2), next: at + 2 < stored.length ? `${at + 2}` : undefined }
  })
  const query = {}
  await pager.find(query)
  await pager.further()
  assert.deepEqual(pager.items.value, ['a', 'b', 'c', 'd'])
  stored = ['new', 'a', 'b', 'd', 'e']
  const again = pager.find(query)
  assert.equal(pager.items.value.length, 4, 'what is shown stays until the answer has come')
  await again
  assert.deepEqual(pager.items.value, ['new', 'a', 'b', 'd'])
  await pager.further()
  assert.deepEqual([pager.items.value.at(-1), pager.more.value], ['e', false])
  asked.length = 0
  await pager.find({})
  assert.deepEqual([asked, pager.items.value], [[undefined], ['new', 'a']], 'another question begins afresh')
})

test('what was asked for again and did not come is what “Try again” asks for', async () => {
  const asked: (string | undefined)[] = []
  let stored = ['a', 'b', 'c']
  let away = false
  const pager = new Pager<string, object>(async (_, after) => {
    asked.push(after)
    if (away) throw new Refused('offline', 'No connection.')
    const at = Number(after ?? 0)
    return { items: stored.slice(at, at + 2), next: at + 2 < stored.length ? `${at + 2}` : undefined }
  })
  const query = {}
  await pager.find(query)
  away = true
  await pager.find(query)
  assert.deepEqual([pager.items.value, pager.fault.value], [['a', 'b'], 'No connection.'])
  away = false
  stored = ['new', 'a']
  asked.length = 0
  await pager.further()
  assert.deepEqual([asked, pager.items.value, pager.fault.value], [[undefined], ['new', 'a'], ''])
  // And where there is no further page.
  away = true
  await pager.find(query)
  away = false
  stored = ['b', 'c']
  await pager.further()
  assert.deepEqual([pager.items.value, pager.fault.value], [['b', 'c'], ''])
  asked.length = 0
  await pager.further()
  assert.deepEqual(asked, [], 'once')
})

test('what is removed while a page is on its way does not come back with it', async () => {
  let arrive: () => void = () => {}
  const pager = new Pager<string, object>(async (_, after) => {
    await new Promise<void>((r) => (arrive = r))
    return after ? { items: ['c', 'd'], next: undefined } : { items: ['a', 'b'], next: '2' }
  })
  const query = {}
  const gone = (name: string) => pager.drop((item) => item === name)
  const first = pager.find(query)
  arrive()
  await first
  const again = pager.find(query)
  gone('a')
  arrive()
  await again
  assert.deepEqual(pager.items.value, ['b'])
  const further = pager.further()
  gone('d')
  arrive()
  await further
  assert.deepEqual(pager.items.value, ['b', 'c'])
})
