import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CallError } from './client'
import { type Line, type LineFile, Outbox } from './outbox'
import { MemoryShelf } from './shelf'
import type { SendOK } from './wire.gen'

const ok = { conversation: 'c1', dup: false } as unknown as SendOK

/** A server, and the way to it, whose answers the test gives by hand. */
class World {
  sent: Array<{ line: Line; ok(): void; no(code: string): void }> = []
  uploads: Array<{ line: Line; ok(...ids: string[]): void; no(code: string): void }> = []
  forgotten: string[] = []

  options = {
    owner: 'v1',
    changed: () => {},
    random: () => 0,
    send: (line: Line) =>
      new Promise<SendOK>((resolve, reject) => {
        this.sent.push({ line, ok: () => resolve(ok), no: (code) => reject(new CallError(code as 'rate', '')) })
      }),
    upload: (line: Line) =>
      new Promise<LineFile[]>((resolve, reject) => {
        this.uploads.push({
          line,
          ok: (...ids) => resolve((line.files ?? []).map((f, i) => ({ ...f, id: ids[i]! }))),
          no: (code) => reject(new CallError(code as 'rate', '')),
        })
      }),
    forget: (files: readonly LineFile[]) => this.forgotten.push(...files.map((f) => f.key)),
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 30; i++) await new Promise((r) => setImmediate(r))
}

function begin(shelf = new MemoryShelf()) {
  const world = new World()
  const outbox = new Outbox({ ...world.options, shelf })
  return { world, outbox, shelf, states: () => outbox.lines.map((l) => l.state) }
}

const file = (key: string): LineFile => ({
  key,
  name: `${key}.png`,
  type: 'image/png',
  size: 3,
  blob: new Blob(['abc']),
})
const ids = (line: Line) => line.files?.map((f) => f.id)

test('a line is sent when its files are there, and what was typed after it after it', async () => {
  const { world, outbox, states } = begin()
  outbox.online(true)
  outbox.add({ conversation: '', text: '', files: [file('a'), file('b')] })
  outbox.add({ conversation: '', text: 'and this' })
  await settle()
  assert.deepEqual([states(), world.sent.length], [['sending', 'queued'], 0])
  world.uploads[0]!.ok('f1', 'f2')
  await settle()
  assert.deepEqual(ids(world.sent[0]!.line), ['f1', 'f2'])
  world.sent[0]!.ok()
  await settle()
  assert.deepEqual(world.forgotten, ['a', 'b'], 'what is stored needs no memory')
  assert.equal(world.sent[1]?.line.text, 'and this')
})

test('files wait for a connection, outlive a reload with what is in them, and go with the same key', async () => {
  const before = begin()
  const line = before.outbox.add({ conversation: '', text: 'look', files: [file('a')] })
  await settle()
  before.outbox.close()
  const after = begin(before.shelf)
  await after.outbox.ready
  assert.equal(await after.outbox.lines[0]?.files?.[0]?.blob.text(), 'abc')
  after.outbox.online(true)
  await settle()
  after.world.uploads[0]!.ok('f1')
  await settle()
  assert.equal(after.world.sent[0]?.line.key, line.key)
  after.outbox.close()
})

test('an upload that broke is begun again, in the next connection or after a moment', async (t) => {
  const { world, outbox, states } = begin()
  outbox.online(true)
  outbox.add({ conversation: '', text: '', files: [file('a')] })
  await settle()
  outbox.online(false)
  world.uploads[0]!.no('unavailable')
  await settle()
  assert.deepEqual(states(), ['queued'])
  outbox.online(true)
  await settle()
  assert.equal(world.uploads.length, 2)
  t.mock.timers.enable({ apis: ['setTimeout'] })
  world.uploads[1]!.no('unavailable')
  await settle()
  t.mock.timers.tick(60_000)
  await settle()
  assert.equal(world.uploads.length, 3)
  outbox.close()
})

test('files that do not get through, however often, hold nobody up: their line failed, and can be tried again', async (t) => {
  const { world, outbox, states } = begin()
  t.mock.timers.enable({ apis: ['setTimeout'] })
  outbox.online(true)
  const line = outbox.add({ conversation: '', text: '', files: [file('a')] })
  outbox.add({ conversation: '', text: 'next' })
  for (let n = 0; n < 3; n++) {
    await settle()
    assert.deepEqual(states(), ['sending', 'queued'])
    world.uploads[n]!.no('unavailable')
    await settle()
    t.mock.timers.tick(60_000)
  }
  await settle()
  assert.deepEqual(states(), ['failed', 'sending'])
  world.sent[0]!.ok()
  await settle()
  outbox.retry(line.key)
  await settle()
  assert.deepEqual([states(), world.uploads.length], [['sending'], 4])
  outbox.close()
})

test('a connection that is lost again and again is no failure of the files', async () => {
  const { world, outbox, states } = begin()
  outbox.add({ conversation: '', text: '', files: [file('a')] })
  for (let n = 0; n < 5; n++) {
    outbox.online(true)
    await settle()
    outbox.online(false)
    world.uploads[n]!.no('unavailable')
    await settle()
    assert.deepEqual(states(), ['queued'])
  }
  outbox.close()
})

test('a server that was away for a moment may all the same have thrown the files away', async (t) => {
  const { world, outbox } = begin()
  t.mock.timers.enable({ apis: ['setTimeout'] })
  outbox.online(true)
  outbox.add({ conversation: '', text: '', files: [{ ...file('a'), id: 'old' }] })
  await settle()
  world.sent[0]!.no('unavailable')
  await settle()
  t.mock.timers.tick(60_000)
  await settle()
  world.sent[1]!.no('not_found')
  await settle()
  assert.equal(world.uploads.length, 1)
  outbox.close()
})

test('the ids are on the shelf before the line is sent: whoever sends it again says the same', async () => {
  const { world, outbox, shelf } = begin()
  outbox.online(true)
  outbox.add({ conversation: '', text: '', files: [file('a')] })
  await settle()
  world.uploads[0]!.ok('f1')
  await settle()
  assert.deepEqual(ids((await shelf.all('v1'))[0]!), ['f1'])
  assert.equal((await shelf.all('v1'))[0]?.state, 'queued')
  // The page dies now; the reply never comes.
  outbox.close()
  const after = begin(shelf)
  after.outbox.online(true)
  await settle()
  assert.equal(after.world.uploads.length, 0)
  assert.deepEqual(ids(after.world.sent[0]!.line), ['f1'])
  after.outbox.close()
})

test('a line that is taken away while its files are on their way is not sent, and they are stopped', async () => {
  const { world, outbox } = begin()
  outbox.online(true)
  const line = outbox.add({ conversation: '', text: 'look', files: [file('a')] })
  outbox.add({ conversation: '', text: 'next' })
  await settle()
  assert.equal(outbox.remove(line.key)?.files?.length, 1)
  assert.deepEqual(world.forgotten, ['a'])
  world.uploads[0]!.no('disconnected')
  await settle()
  assert.deepEqual(
    world.sent.map((s) => s.line.text),
    ['next'],
  )
})

test('the same, when the last byte was out at that moment', async () => {
  const { world, outbox } = begin()
  outbox.online(true)
  const line = outbox.add({ conversation: '', text: 'look', files: [file('a')] })
  await settle()
  world.uploads[0]!.ok('f1')
  outbox.remove(line.key)
  await settle()
  assert.deepEqual([world.sent.length, outbox.lines.length], [0, 0])
})

class Shared extends MemoryShelf {
  override readonly shared = true
}

test('the same, when another tab has taken it away', async () => {
  const shelf = new Shared()
  const a = begin(shelf)
  const b = begin(shelf)
  a.outbox.online(true)
  const line = a.outbox.add({ conversation: '', text: 'look', files: [file('a')] })
  while (a.world.uploads.length === 0 || b.outbox.lines.length === 0) await settle()
  assert.equal(b.outbox.remove(line.key)?.files?.length, 1)
  while (await shelf.has(line.key)) await settle()
  a.world.uploads[0]!.ok('f1')
  while (a.outbox.lines.length > 0) await settle()
  await settle()
  assert.equal(a.world.sent.length, 0)
  a.outbox.close()
  b.outbox.close()
})

test('files that the server has thrown away meanwhile are uploaded once more, and only once', async () => {
  const { world, outbox, states } = begin()
  outbox.online(true)
  outbox.add({ conversation: '', text: '', files: [{ ...file('a'), id: 'old' }] })
  await settle()
  world.sent[0]!.no('not_found')
  await settle()
  assert.deepEqual(world.forgotten, ['a'])
  world.uploads[0]!.ok('f1')
  await settle()
  assert.deepEqual(ids(world.sent[1]!.line), ['f1'])
  world.sent[1]!.no('not_found')
  await settle()
  assert.deepEqual(states(), ['refused'])
})

test('a file that the server does not want refuses its line, and the next one goes', async () => {
  const { world, outbox, states } = begin()
  outbox.online(true)
  outbox.add({ conversation: '', text: '', files: [file('a')] })
  outbox.add({ conversation: '', text: 'next' })
  await settle()
  world.uploads[0]!.no('bad_request')
  await settle()
  assert.deepEqual(states(), ['refused', 'sending'])
})

test('a frame that ended the socket was not the line whose files are on their way', async () => {
  const { outbox, states } = begin()
  outbox.online(true)
  outbox.add({ conversation: '', text: '', files: [file('a')] })
  await settle()
  assert.equal(outbox.broke(''), false)
  assert.deepEqual(states(), ['sending'])
})

test('a line whose file was lost with its page is not sent without it; what is on the server needs no file', async () => {
  const { world, outbox, states } = begin()
  outbox.online(true)
  const lost = { ...file('a'), blob: new Blob() }
  outbox.add({ conversation: '', text: 'look', files: [lost] })
  outbox.add({ conversation: '', text: 'and this', files: [{ ...lost, id: 'f1' }] })
  await settle()
  assert.deepEqual(states(), ['refused', 'sending'])
  assert.deepEqual([outbox.lines[0]?.error?.code, outbox.lines[0]?.text, world.uploads.length], ['gone', 'look', 0])
  assert.deepEqual(ids(world.sent[0]!.line), ['f1'])
})
