import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CallError } from './client'
import { FakeClock } from './fake_clock'
import type { Line } from './outbox'
import { judge, Outbox, uuid } from './outbox'
import { MemoryShelf } from './shelf'
import type { SendOK } from './wire.gen'

const ok = { conversation: 'c1', dup: false } as unknown as SendOK

/** A server whose answers the test gives by hand. */
class Desk {
  calls: Array<{ line: Line; ok(): void; no(err: CallError): void }> = []
  waiting: Array<() => void> = []

  send = (line: Line): Promise<SendOK> =>
    new Promise((resolve, reject) => {
      this.calls.push({ line, ok: () => resolve(ok), no: reject })
      for (const w of this.waiting.splice(0)) w()
    })

  /** The nth call, when it is made. */
  async call(n: number) {
    while (this.calls.length <= n) await new Promise<void>((r) => this.waiting.push(r))
    return this.calls[n]!
  }
}

class Shared extends MemoryShelf {
  override readonly shared = true
}

/** Lets everything that is ready to run, run. */
async function settle(): Promise<void> {
  for (let i = 0; i < 30; i++) await new Promise((r) => setImmediate(r))
}

function box(desk: Desk, shelf = new MemoryShelf()) {
  const outbox = new Outbox({ owner: 'v1', shelf, send: desk.send, changed: () => {}, random: () => 0 })
  return { outbox, states: () => outbox.lines.map((l) => l.state) }
}

test('a line is there at once and goes when there is a connection', async () => {
  const desk = new Desk()
  const { outbox, states } = box(desk)
  outbox.add({ conversation: '', text: 'hola' })
  assert.deepEqual(states(), ['queued'])
  outbox.online(true)
  const first = await desk.call(0)
  assert.deepEqual(states(), ['sending'])
  first.ok()
  await settle()
  assert.deepEqual(outbox.lines, [])
})

test('one in flight per conversation, in the order typed', async () => {
  const desk = new Desk()
  const { outbox } = box(desk)
  outbox.online(true)
  for (const text of ['1', '2', '3']) outbox.add({ conversation: 'c1', text })
  outbox.add({ conversation: 'c2', text: 'other' })
  await settle()
  assert.deepEqual(desk.calls.map((c) => c.line.text).sort(), ['1', 'other'])
  for (let i = 0; i < 4; i++) {
    ;(await desk.call(i)).ok()
    await settle()
  }
  assert.deepEqual(
    desk.calls.filter((c) => c.line.conversation === 'c1').map((c) => c.line.text),
    ['1', '2', '3'],
  )
})

test('a lost connection keeps the key', async () => {
  const desk = new Desk()
  const { outbox, states } = box(desk)
  outbox.online(true)
  outbox.add({ conversation: 'c1', text: 'a' })
  const first = await desk.call(0)
  outbox.online(false)
  first.no(new CallError('disconnected', ''))
  await settle()
  assert.deepEqual(states(), ['queued'])
  outbox.online(true)
  const second = await desk.call(1)
  assert.equal(second.line.key, first.line.key)
})

test('a refused line stays and the next one goes on', async () => {
  const desk = new Desk()
  const { outbox, states } = box(desk)
  outbox.online(true)
  outbox.add({ conversation: 'c1', text: 'too long' })
  outbox.add({ conversation: 'c1', text: 'fine' })
  ;(await desk.call(0)).no(new CallError('too_long', 'At most 4000 characters.'))
  const next = await desk.call(1)
  assert.equal(next.line.text, 'fine')
  assert.deepEqual(states(), ['refused', 'sending'])
  assert.equal(outbox.lines[0]?.error?.code, 'too_long')
})

test('a line that was seen as a message is done, whatever becomes of the reply', async () => {
  const desk = new Desk()
  const { outbox } = box(desk)
  outbox.online(true)
  const line = outbox.add({ conversation: 'c1', text: 'a' })
  const call = await desk.call(0)
  outbox.stored(line.key)
  call.no(new CallError('timeout', ''))
  await settle()
  assert.deepEqual(outbox.lines, [])
  assert.equal(desk.calls.length, 1)
})

test('a frame that ended the socket is refused, not sent for ever', async () => {
  const desk = new Desk()
  const { outbox, states } = box(desk)
  outbox.online(true)
  outbox.add({ conversation: 'c1', text: 'poison' })
  const call = await desk.call(0)
  outbox.online(false)
  assert.equal(outbox.broke('Not accepted.'), true)
  call.no(new CallError('disconnected', ''))
  await settle()
  assert.deepEqual(states(), ['refused'])
  outbox.online(true)
  await settle()
  assert.equal(desk.calls.length, 1)
})

test('lines survive a reload and belong to their owner', async () => {
  const shelf = new MemoryShelf()
  const desk = new Desk()
  const before = box(desk, shelf)
  before.outbox.add({ conversation: '', text: 'kept' })
  await settle()
  before.outbox.close()
  const after = box(desk, shelf)
  await after.outbox.ready
  assert.deepEqual(
    after.outbox.lines.map((l) => l.text),
    ['kept'],
  )
  const other = new Outbox({ owner: 'v2', shelf, send: desk.send, changed: () => {} })
  await other.ready
  assert.equal(other.lines.length, 0)
})

test('a tab sends what another tab typed, and does not send it twice', async () => {
  const shelf = new Shared()
  const one = new Desk()
  const two = new Desk()
  const a = box(one, shelf)
  const b = box(two, shelf)
  await a.outbox.ready
  await b.outbox.ready
  const line = a.outbox.add({ conversation: '', text: 'from a' })
  // Tab a is offline, tab b is not: the channel between them brings the line over.
  while (b.outbox.lines.length === 0) await settle()
  b.outbox.online(true)
  const sent = await two.call(0)
  assert.equal(sent.line.key, line.key)
  sent.ok()
  while (a.outbox.lines.length > 0) await settle()
  a.outbox.online(true)
  await settle()
  assert.equal(one.calls.length, 0)
  a.outbox.close()
  b.outbox.close()
})

test('a word of another tab while a line is on its way does not make it wait anew', async () => {
  const shelf = new Shared()
  const [one, two] = [new Desk(), new Desk()]
  const [a, b] = [box(one, shelf), box(two, shelf)]
  await a.outbox.ready
  await b.outbox.ready
  a.outbox.online(true)
  a.outbox.add({ conversation: '', text: 'from a' })
  const call = await one.call(0)
  // The order is the order of typing, and of what tab b knows of: not that of two lines in one millisecond.
  while (b.outbox.lines.length === 0) await settle()
  b.outbox.add({ conversation: '', text: 'from b' })
  while (a.outbox.lines.length < 2) await settle()
  assert.deepEqual(a.states(), ['sending', 'queued'])
  // What the server says of it counts: it is not sent at once once more.
  call.no(new CallError('too_long', ''))
  const next = await one.call(1)
  assert.equal(next.line.text, 'from b')
  assert.deepEqual(a.states(), ['refused', 'sending'])
  a.outbox.close()
  b.outbox.close()
})

test('a line that another tab has taken away while it was on its way does not come back by failing', async () => {
  const shelf = new Shared()
  const [one, two] = [new Desk(), new Desk()]
  const [a, b] = [box(one, shelf), box(two, shelf)]
  await a.outbox.ready
  await b.outbox.ready
  a.outbox.online(true)
  const line = a.outbox.add({ conversation: '', text: 'from a' })
  const call = await one.call(0)
  while (b.outbox.lines.length === 0) await settle()
  b.outbox.remove(line.key)
  while (a.outbox.lines.length > 0) await settle()
  call.no(new CallError('too_long', ''))
  await settle()
  assert.deepEqual([a.outbox.lines, await shelf.has(line.key)], [[], false])
  a.outbox.close()
  b.outbox.close()
})

test('a failed line is sent again with its key when asked', async () => {
  const desk = new Desk()
  const { outbox, states } = box(desk)
  outbox.online(true)
  const line = outbox.add({ conversation: 'c1', text: 'a' })
  ;(await desk.call(0)).no(new CallError('forbidden', ''))
  await settle()
  assert.deepEqual(states(), ['refused'])
  outbox.retry(line.key)
  assert.deepEqual(states(), ['refused'], 'a refused line is edited, not retried')
  assert.equal(outbox.remove(line.key)?.text, 'a')
  assert.deepEqual(states(), [])
})

test('which errors are final', () => {
  const state = (code: string, tries = 1) => judge(new CallError(code as 'rate', '', 3), tries, () => 0).state
  for (const code of ['disconnected', 'timeout', 'rate', 'unavailable']) assert.equal(state(code, 50), 'queued', code)
  assert.equal(state('internal', 1), 'queued')
  assert.equal(state('internal', 3), 'failed')
  for (const code of ['too_long', 'empty', 'conflict', 'forbidden', 'not_found', 'bad_request', 'state', 'language'])
    assert.equal(state(code), 'refused', code)
  const rate = judge(new CallError('rate', '', 7), 1, () => 0)
  assert.equal(rate.state === 'queued' && rate.afterMs, 7000)
})

test('a key is a UUID that begins with the time', () => {
  const before = Date.now()
  const keys = Array.from({ length: 100 }, uuid)
  for (const key of keys) {
    assert.match(key, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const at = Number.parseInt(key.replaceAll('-', '').slice(0, 12), 16)
    assert.ok(at >= before && at <= Date.now(), key)
  }
  assert.equal(new Set(keys).size, keys.length)
})

test('a line added at the moment the pump finds nothing left is sent', async () => {
  // How many steps the end of the work takes is nobody's business, so the second line comes after each of them.
  for (let hops = 0; hops < 14; hops++) {
    const desk = new Desk()
    const { outbox, states } = box(desk)
    outbox.online(true)
    outbox.add({ conversation: '', text: '1' })
    ;(await desk.call(0)).ok()
    for (let i = 0; i < hops; i++) await Promise.resolve()
    outbox.add({ conversation: '', text: '2' })
    await settle()
    assert.equal(desk.calls.length, 2, `after ${hops} steps: ${states()}`)
  }
})

/** Like the shelf in IndexedDB, whose connection may end at any time. */
class Mortal extends Shared {
  dead = false
  override async all(owner: string): Promise<Line[]> {
    if (this.dead) throw new Error('The database connection is closing.')
    return super.all(owner)
  }
  override async has(key: string): Promise<boolean> {
    return this.dead || super.has(key)
  }
}

test('a shelf that cannot be read takes no line off the screen, and the line is sent', async () => {
  const desk = new Desk()
  const shelf = new Mortal()
  const { outbox, states } = box(desk, shelf)
  outbox.add({ conversation: '', text: 'hola' })
  await settle()
  shelf.dead = true
  const other = new BroadcastChannel('dragoman.outbox.v1')
  other.postMessage(0)
  await settle()
  assert.deepEqual(states(), ['queued'], 'another tab has changed something, and it cannot be read')
  outbox.online(true)
  assert.equal((await desk.call(0)).line.text, 'hola')
  other.close()
  outbox.close()
})

test('a shelf that cannot be read from the beginning keeps nothing from being sent', async () => {
  const desk = new Desk()
  const shelf = new Mortal()
  shelf.dead = true
  const { outbox } = box(desk, shelf)
  outbox.online(true)
  outbox.add({ conversation: '', text: 'hola' })
  await settle()
  assert.deepEqual(
    desk.calls.map((c) => c.line.text),
    ['hola'],
  )
  outbox.close()
})

test('a line is not sent on a connection that has gone while the shelf was asked', async () => {
  const desk = new Desk()
  const shelf = new Mortal()
  const { outbox, states } = box(desk, shelf)
  await outbox.ready
  let asked = false
  let answer!: (there: boolean) => void
  shelf.has = () => {
    asked = true
    return new Promise((r) => {
      answer = r
    })
  }
  outbox.online(true)
  outbox.add({ conversation: '', text: 'hola' })
  while (!asked) await settle()
  outbox.online(false)
  answer(true)
  await settle()
  assert.deepEqual([desk.calls.length, states()], [0, ['queued']])
  outbox.close()
})

test('a line that is taken away while the shelf is asked is not sent and does not come back', async () => {
  const desk = new Desk()
  const shelf = new Mortal()
  const { outbox, states } = box(desk, shelf)
  await outbox.ready
  const answers: Array<(there: boolean) => void> = []
  shelf.has = () => new Promise((r) => answers.push(r))
  outbox.online(true)
  const line = outbox.add({ conversation: '', text: 'hola' })
  outbox.add({ conversation: '', text: 'adiós' })
  while (answers.length === 0) await settle()
  outbox.remove(line.key)
  answers[0]!(true)
  while (answers.length === 1) await settle()
  assert.deepEqual(states(), ['queued'])
  answers[1]!(true)
  assert.equal((await desk.call(0)).line.text, 'adiós')
  outbox.close()
})

test('a held line goes when it is released, and what waits behind it after it', async () => {
  const desk = new Desk()
  const { outbox, states } = box(desk)
  outbox.online(true)
  const held = outbox.add({ conversation: 'c1', text: '1', held: Date.now() + 60_000 })
  outbox.add({ conversation: 'c1', text: '2' })
  await settle()
  assert.deepEqual(states(), ['queued', 'queued'])
  outbox.release(held.key)
  const first = await desk.call(0)
  assert.equal(first.line.text, '1')
  first.ok()
  assert.equal((await desk.call(1)).line.text, '2')
})

test('a held line goes by itself when its time is over, whatever the clock was', async (t) => {
  const clock = new FakeClock()
  t.after(() => clock.stop())
  const desk = new Desk()
  const { outbox } = box(desk)
  outbox.online(true)
  outbox.add({ conversation: 'c1', text: '1', held: Date.now() + 1e9 })
  await settle()
  assert.equal(desk.calls.length, 0)
  clock.tick(5000)
  assert.equal((await desk.call(0)).line.text, '1')
})

test('a held line that is taken away holds up nothing', async (t) => {
  const clock = new FakeClock()
  t.after(() => clock.stop())
  const desk = new Desk()
  const { outbox } = box(desk)
  outbox.online(true)
  const held = outbox.add({ conversation: 'c1', text: '1', held: Date.now() + 1200 })
  await settle()
  outbox.remove(held.key)
  outbox.add({ conversation: 'c1', text: '2' })
  await settle()
  clock.tick(1200)
  assert.equal((await desk.call(0)).line.text, '2')
})
