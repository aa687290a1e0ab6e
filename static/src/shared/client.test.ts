import assert from 'node:assert/strict'
import { afterEach, beforeEach, mock, test } from 'node:test'
import type { ClientOptions, Status } from './client'
import { type CallError, Client } from './client'
import { FakeClock } from './fake_clock'
import { FakeSocket } from './fake_socket'
import type { EventFrame } from './wire.gen'

// A browser, as far as the client needs one: sockets that the test drives, a clock that it turns, and events of the page.
const page = new EventTarget()
/** Lets promises settle. */
const turn = async () => {
  for (let i = 0; i < 10; i++) await Promise.resolve()
}
const last = () => FakeSocket.last()

let log: string[] = []
let client: Client
let clock: FakeClock

function connect(options: Partial<ClientOptions> = {}): void {
  client = new Client({
    url: 'ws://x/socket',
    hello: () => ({ token: 't' }),
    since: () => ({ c1: 7 }),
    onStatus: (s: Status) => log.push(s),
    onEvent: (f: EventFrame) => log.push(f.event),
    ...options,
  })
  client.start()
}

beforeEach(() => {
  clock = new FakeClock()
  mock.method(Math, 'random', () => 0.5)
  FakeSocket.made = []
  log = []
  Object.assign(globalThis, {
    WebSocket: FakeSocket,
    document: Object.assign(new EventTarget(), { visibilityState: 'visible' }),
    navigator: { onLine: true },
    addEventListener: page.addEventListener.bind(page),
    removeEventListener: page.removeEventListener.bind(page),
  })
})

afterEach(() => {
  client.stop()
  clock.stop()
  mock.restoreAll()
})

test('hello is the first frame and carries the places', async () => {
  connect()
  assert.equal(last().protocol, 'dragoman.v1')
  last().onopen?.()
  assert.deepEqual(last().sent, [{ token: 't', since: { c1: 7 }, id: 1, call: 'hello' }])
  await last().welcome()
  assert.deepEqual(log, ['connecting', 'connected'])
  assert.equal(Math.round((client.now() - Date.now()) / 1000), 5, "the server's clock")
})

test('calls are answered in any order, errors are CallErrors', async () => {
  connect()
  await last().welcome()
  const a = client.call('typing', { conversation: 'c', on: true })
  const b = client.call('read', { conversation: 'c', seq: 1 })
  const [ida, idb] = last()
    .sent.slice(-2)
    .map((f) => f.id)
  last().hear({ id: idb, error: { code: 'rate', message: 'slow', retry_after_s: 3 } })
  last().hear({ id: ida, ok: {} })
  assert.deepEqual(await a, {})
  await assert.rejects(b, (e: CallError) => e.code === 'rate' && e.retryAfterS === 3)
})

test('a call without a connection fails at once, one without an answer in time', async () => {
  connect()
  await assert.rejects(client.call('ping', {}), (e: CallError) => e.code === 'disconnected')
  await last().welcome()
  const call = client.call('ping', {})
  clock.tick(10_000)
  await assert.rejects(call, (e: CallError) => e.code === 'timeout')
})

test('what an older socket still says is ignored', async () => {
  connect()
  await last().welcome()
  const old = last()
  old.onclose?.({ code: 1006, reason: '' })
  await turn()
  clock.tick(1000)
  await last().welcome()
  assert.equal(client.status, 'connected')
  old.onclose?.({ code: 4401, reason: '' })
  old.hear({ event: 'going_away', in_s: 5 })
  await turn()
  assert.equal(client.status, 'connected')
  assert.ok(!log.includes('going_away'))
  assert.equal(FakeSocket.made.length, 2)
})

test('calls in flight fail when the socket ends', async () => {
  connect()
  await last().welcome()
  const call = client.call('ping', {})
  last().onclose?.({ code: 1012, reason: '' })
  await assert.rejects(call, (e: CallError) => e.code === 'disconnected')
})

test('an announced restart spreads the first try over its window', async () => {
  connect()
  await last().welcome()
  last().hear({ event: 'going_away', in_s: 20 })
  last().onclose?.({ code: 1012, reason: '' })
  await turn()
  clock.tick(9_900)
  assert.equal(FakeSocket.made.length, 1)
  clock.tick(200)
  assert.equal(FakeSocket.made.length, 2)
})

test('one restart after the other: each is waited for as announced, and only a failure after it backs off', async () => {
  connect()
  for (let restart = 1; restart <= 4; restart++) {
    await last().welcome()
    last().hear({ event: 'going_away', in_s: 1 })
    last().onclose?.({ code: 1012, reason: '' })
    await turn()
    clock.tick(510)
    assert.equal(FakeSocket.made.length, restart + 1)
  }
  last().onclose?.({ code: 1006, reason: '' })
  await turn()
  clock.tick(1010)
  assert.equal(FakeSocket.made.length, 6, 'the second try after half of 2 s')
})

test('what a newer server says besides does no harm', async () => {
  connect()
  last().onopen?.()
  const server_time = new Date(Date.now()).toISOString()
  last().answer('hello', {
    session: 's',
    participant: {},
    language: 'es',
    epoch: 'e',
    server_time,
    heartbeat_s: 25,
    weather: { now: 'rain' },
  })
  await turn()
  assert.equal(client.status, 'connected')
  last().hear({ event: 'weather', sunny: true, conversation: 7 })
  last().hear({ event: 'going_away', in_s: 'soon' })
  last().hear({ id: 99, ok: {}, extra: 1 })
  last().hear({ news: 'neither an answer nor an event' })
  const call = client.call('ping', {})
  last().answer('ping', { server_time, extra: [1] })
  await call
  assert.deepEqual(log, ['connecting', 'connected', 'weather', 'going_away'])
})

test('a browser that knows of no network is believed sooner than silence', async () => {
  connect()
  await last().welcome()
  Object.assign(globalThis.navigator, { onLine: false })
  page.dispatchEvent(new Event('offline'))
  assert.equal(last().sent.at(-1)?.call, 'ping', 'the way to a server on the same machine it does not know')
  clock.tick(1500)
  await turn()
  assert.equal(client.status, 'connecting')
})

test('4400 to 4499 end it, unless the owner says otherwise', async () => {
  connect()
  await last().welcome()
  last().onclose?.({ code: 4410, reason: '' })
  await turn()
  clock.tick(60_000)
  assert.equal(FakeSocket.made.length, 1)
  assert.equal(client.status, 'disconnected')

  const asked: number[] = []
  connect({
    onRefused: async ({ code }) => {
      asked.push(code)
      return true
    },
  })
  await last().welcome()
  last().onclose?.({ code: 4401, reason: '' })
  await turn()
  clock.tick(1000)
  assert.deepEqual(asked, [4401])
  assert.equal(FakeSocket.made.length, 3)
})

test('silence for a heartbeat is asked about; no answer is a lost connection', async () => {
  connect()
  await last().welcome()
  clock.tick(25_100)
  assert.equal(last().sent.at(-1)?.call, 'ping')
  last().hear({ id: last().sent.at(-1)?.id, ok: { server_time: '' } })
  await turn()
  assert.equal(client.status, 'connected')
  clock.tick(25_100)
  assert.equal(last().sent.filter((f) => f.call === 'ping').length, 2)
  clock.tick(10_000)
  await turn()
  assert.equal(client.status, 'connecting')
  assert.equal(last().closed, true)
})

test('what comes in is as good as an answer: no ping while there is talk', async () => {
  connect()
  await last().welcome()
  for (let i = 0; i < 6; i++) {
    clock.tick(10_000)
    last().hear({ event: 'typing' })
  }
  assert.equal(last().sent.filter((f) => f.call === 'ping').length, 0)
})

test('a socket that never opens is given up', async () => {
  connect()
  clock.tick(15_000)
  await turn()
  clock.tick(1000)
  assert.equal(FakeSocket.made.length, 2)
})

test('coming online connects at once', async () => {
  connect()
  last().onclose?.({ code: 1013, reason: '' })
  await turn()
  page.dispatchEvent(new Event('online'))
  assert.equal(FakeSocket.made.length, 2)
})

test('leaving the page closes the socket, coming back opens one', async () => {
  connect()
  await last().welcome()
  page.dispatchEvent(new Event('pagehide'))
  assert.equal(last().closed, true)
  clock.tick(60_000)
  assert.equal(FakeSocket.made.length, 1)
  page.dispatchEvent(new Event('pageshow'))
  await last().welcome()
  assert.equal(client.status, 'connected')
})

test('another epoch is told', async () => {
  const restored: boolean[] = []
  connect({ onHello: (_, r) => restored.push(r) })
  await last().welcome('e1')
  last().onclose?.({ code: 1006, reason: '' })
  await turn()
  clock.tick(1000)
  last().onopen?.()
  assert.equal(last().sent[0]?.epoch, 'e1')
  await last().welcome('e2')
  assert.deepEqual(restored, [false, true])
})

test('a frame that cannot be read drops the socket', async () => {
  connect()
  await last().welcome()
  last().onmessage?.({ data: '{' })
  await turn()
  assert.equal(client.status, 'connecting')
})

test('a look at the page while onRefused is awaited does not connect', async () => {
  let answer!: (back: boolean) => void
  connect({
    onRefused: () =>
      new Promise((r) => {
        answer = r
      }),
  })
  await last().welcome()
  last().onclose?.({ code: 4401, reason: '' })
  await turn()
  const made = FakeSocket.made.length
  document.dispatchEvent(new Event('visibilitychange'))
  assert.equal(FakeSocket.made.length, made, 'connected with the refused token')
  answer(true)
  await turn()
  document.dispatchEvent(new Event('visibilitychange'))
  assert.equal(FakeSocket.made.length, made + 1, 'a wait is cut short')
})
