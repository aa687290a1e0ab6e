import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CallError } from '../client'
import type { LineFile } from '../outbox'
import { MemoryShelf } from '../shelf'
import type { Attachment } from '../wire.gen'
import { Drafted } from './drafted'
import { Tray } from './tray'
import { Uploads } from './uploads'

/** A way to the server on which each file waits for the test. */
class Road {
  calls: Array<{
    file: LineFile
    to: string
    progress(part: number): void
    ok(id: string): void
    no(code: string): void
    stopped(): boolean
  }> = []

  carry = (file: LineFile, to: string, progress: (part: number) => void, signal: AbortSignal): Promise<Attachment> =>
    new Promise((resolve, reject) => {
      const { name, type, size } = file
      signal.addEventListener('abort', () => reject(new CallError('disconnected', '')))
      this.calls.push({
        file,
        to,
        progress,
        ok: (id) => resolve({ id, name, type, size, url: `/f/${id}`, width: 30, height: 20 }),
        no: (code) => reject(new CallError(code as 'rate', 'Because.')),
        stopped: () => signal.aborted,
      })
    })
}

async function settle(): Promise<void> {
  for (let i = 0; i < 30; i++) await new Promise((r) => setImmediate(r))
}

const png = (name: string) => new File(['abc'], name, { type: 'image/png' })
const limits = { bytes: 1000, files: 3 }

function begin(online = true, shelf = new MemoryShelf()) {
  const road = new Road()
  const uploads = new Uploads(road.carry)
  const ready: number[] = []
  const keep = new Drafted('shop', shelf).of('c1')
  const tray = new Tray({ uploads, conversation: 'c1', limits: () => limits, keep, ready: () => ready.push(1) })
  tray.online(online)
  const states = () => tray.items.value.map((i) => i.state)
  const names = () => tray.items.value.map((i) => i.file.name)
  return { road, uploads, tray, states, names, ready, shelf }
}

test('files are there at once, go up one after the other, and are told of once when all are up', async () => {
  const { road, uploads, tray, states, ready } = begin()
  tray.add([png('1.png'), png('2.png')])
  await settle()
  assert.deepEqual(states(), ['uploading', 'uploading'])
  assert.deepEqual(
    road.calls.map((c) => [c.file.name, c.to]),
    [['1.png', 'c1']],
  )
  road.calls[0]!.progress(0.5)
  assert.equal(uploads.partOf(tray.items.value.map((i) => i.file)), 0.25)
  road.calls[0]!.ok('f1')
  await settle()
  assert.deepEqual(states(), ['ready', 'uploading'])
  assert.equal(ready.length, 0)
  road.calls[1]!.ok('f2')
  await settle()
  assert.equal(ready.length, 1)
  assert.deepEqual(
    tray.take().map((f) => [f.id, f.width]),
    [
      ['f1', 30],
      ['f2', 30],
    ],
  )
  assert.equal(tray.any, false)
})

test('what cannot be sent is told of and does not lie there; the others do', async () => {
  const { tray, names } = begin()
  tray.add([
    new File(['<svg>'], 'x.svg', { type: 'image/svg+xml' }),
    png('1.png'),
    png('2.png'),
    png('3.png'),
    png('4.png'),
  ])
  assert.deepEqual(names(), ['1.png', '2.png', '3.png'])
  assert.deepEqual(
    tray.refusals.value.map((r) => [r.name, r.why]),
    [
      ['x.svg', 'kind'],
      ['4.png', 'many'],
    ],
  )
  tray.add([])
  assert.deepEqual(tray.refusals.value, [], 'it is said until somebody brings files again')
})

test('a file that is taken away is stopped, and the next one goes', async () => {
  const { road, tray, names, shelf } = begin()
  tray.add([png('1.png'), png('2.png')])
  await settle()
  tray.remove(tray.items.value[0]!.file.key)
  await settle()
  assert.equal(road.calls[0]!.stopped(), true)
  assert.deepEqual(names(), ['2.png'])
  assert.equal(road.calls[1]?.file.name, '2.png')
  assert.equal((await shelf.all('draft.shop')).length, 1)
})

test('without a connection files wait, and go when there is one', async () => {
  const { road, tray, states } = begin(false)
  tray.add([png('1.png')])
  await settle()
  assert.deepEqual([states(), road.calls.length], [['waiting'], 0])
  tray.online(true)
  await settle()
  assert.equal(road.calls.length, 1)
  tray.online(false)
  road.calls[0]!.no('unavailable')
  await settle()
  assert.deepEqual(states(), ['waiting'])
  tray.online(true)
  await settle()
  road.calls[1]!.ok('f1')
  await settle()
  assert.deepEqual(states(), ['ready'])
})

test('what did not get through is tried again when asked; what the server does not want stays behind and says so', async () => {
  const { road, tray, states } = begin()
  tray.add([png('1.png'), png('2.png')])
  await settle()
  road.calls[0]!.no('unavailable')
  await settle()
  road.calls[1]!.no('bad_request')
  await settle()
  assert.deepEqual(states(), ['failed', 'refused'])
  assert.equal(tray.items.value[1]?.error?.message, 'Because.')
  tray.retry(tray.items.value[1]!.file.key)
  assert.equal(states()[1], 'refused', 'trying again would not help')
  tray.retry(tray.items.value[0]!.file.key)
  await settle()
  road.calls[2]!.ok('f1')
  await settle()
  assert.deepEqual(
    tray.take().map((f) => f.id),
    ['f1'],
  )
  assert.deepEqual(states(), ['refused'])
})

test('a line takes files that are still on their way, and they are uploaded once', async () => {
  const { road, uploads, tray } = begin()
  tray.add([png('1.png')])
  await settle()
  tray.describe(tray.items.value[0]!.file.key, '  A blue cup ')
  const files = tray.take()
  assert.equal(files[0]?.alt, 'A blue cup')
  const all = uploads.all(files, 'c1')
  await settle()
  assert.equal(road.calls.length, 1)
  road.calls[0]!.ok('f1')
  assert.deepEqual(
    (await all).map((f) => [f.id, f.alt]),
    [['f1', 'A blue cup']],
  )
  assert.equal((await uploads.all(files, 'c1'))[0]?.id, 'f1', 'whoever asks again gets the same')
  assert.equal(road.calls.length, 1)
  uploads.forget(files.map((f) => f.key))
  void uploads.all(files, 'c1')
  await settle()
  assert.equal(road.calls.length, 2)
})

test('what lies beside the box lies there after a reload, in its order, and not beside another box', async () => {
  const shelf = new MemoryShelf()
  const before = begin(true, shelf)
  before.tray.add([png('1.png'), png('2.png')])
  await settle()
  before.road.calls[0]!.ok('f1')
  before.tray.describe(before.tray.items.value[1]!.file.key, 'A cup')
  before.tray.keep(before.tray.items.value[1]!.file.key)
  await settle()
  const after = begin(true, shelf)
  await after.tray.loaded
  await settle()
  assert.deepEqual(after.names(), ['1.png', '2.png'])
  assert.deepEqual(after.states(), ['ready', 'uploading'], 'what was uploaded is not uploaded again')
  assert.equal(after.tray.items.value[1]?.file.alt, 'A cup')
  const other = new Drafted('shop', shelf).of('c2')
  assert.deepEqual(await other.load(), [])
  after.tray.take()
  await settle()
  assert.deepEqual(await shelf.all('draft.shop'), [])
})

test('whoever keeps that something lies there is told', async () => {
  const told: boolean[] = []
  const keep = new Drafted('shop', new MemoryShelf()).of('', (any) => told.push(any))
  const file = { key: 'k1', name: 'a.png', type: 'image/png', size: 1, blob: new Blob(['a']) }
  keep.put(file)
  keep.remove('k1')
  keep.put(file)
  keep.sent('k1')
  assert.deepEqual(told, [true, false, true, false])
})

test('a file of which only the name is left does not lie there', () => {
  const { tray, names } = begin()
  const file = { key: 'k1', name: 'a.png', type: 'image/png', size: 1, blob: new Blob(['a']) }
  tray.put([{ ...file, key: 'k2', name: 'b.png', blob: new Blob() }, file])
  assert.deepEqual(names(), ['a.png'])
})
