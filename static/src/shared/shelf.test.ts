import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { Disk } from './fake_disk'
import type { Line } from './outbox'
import { Outbox } from './outbox'
import { IdbShelf } from './shelf'
import type { SendOK } from './wire.gen'

const line: Line = {
  key: 'k1',
  owner: 'v1',
  order: 1,
  conversation: '',
  text: 'hola',
  at: '2026-11-22T09:30:00.000Z',
  state: 'queued',
  tries: 0,
}

/** A browser that gives a database and then ends its connection. */
function dying(): void {
  const db = {
    transaction: () => {
      throw new DOMException('The database connection is closing.', 'InvalidStateError')
    },
  }
  const open = () => {
    const req = { result: db, onsuccess: () => {} }
    queueMicrotask(() => req.onsuccess())
    return req
  }
  Object.defineProperty(globalThis, 'indexedDB', { value: { open }, configurable: true })
}

/** localStorage: its keys are its own properties, and everything is there at once. */
function storage(): Record<string, string> {
  const kept: Record<string, string> = {}
  const calls = {
    getItem: (k: string) => kept[k] ?? null,
    setItem: (k: string, v: string) => {
      kept[k] = v
    },
    removeItem: (k: string) => delete kept[k],
  }
  const value = new Proxy(kept, { get: (_, name) => calls[name as keyof typeof calls] ?? kept[String(name)] })
  Object.defineProperty(globalThis, 'localStorage', { value, configurable: true })
  return kept
}

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'indexedDB')
  Reflect.deleteProperty(globalThis, 'localStorage')
})

test('a database that does not answer is not an empty one', async () => {
  dying()
  const shelf = new IdbShelf()
  await assert.rejects(shelf.all('v1'), { name: 'InvalidStateError' })
  assert.equal(await shelf.has('k1'), true, 'perhaps it is there')
})

test('what the database refuses is kept in memory and nobody is troubled', async () => {
  dying()
  const shelf = new IdbShelf()
  await shelf.put(line)
  assert.equal(await shelf.has('k1'), true)
  await shelf.remove('k1')
})

test('a line outlives a page that goes before the database has it', async () => {
  const slips = storage()
  const disk = new Disk()
  disk.awake = false
  void new IdbShelf().put(line)
  // That page is gone. The next one:
  disk.awake = true
  const shelf = new IdbShelf()
  assert.deepEqual(await shelf.all('v1'), [line])
  assert.deepEqual(await shelf.all('v2'), [], 'it is nobody else’s')
  assert.equal(await shelf.has('k1'), true)
  await shelf.remove('k1')
  assert.deepEqual([await shelf.all('v1'), await shelf.has('k1'), Object.keys(slips)], [[], false, []])
})

test('what the database has needs no slip, and of two versions the newer one counts', async () => {
  const slips = storage()
  const disk = new Disk()
  const shelf = new IdbShelf()
  await shelf.put(line)
  assert.deepEqual([disk.lines.get('k1'), Object.keys(slips)], [line, []])
  const failed: Line = { ...line, state: 'failed' }
  disk.awake = false
  const first = shelf.put(failed)
  const second = shelf.put(line)
  while (disk.waiting.length < 2) await Promise.resolve()
  disk.waiting.shift()?.()
  await first
  assert.deepEqual(
    Object.values(slips),
    [JSON.stringify(line)],
    'the slip of the second is not thrown away with the first',
  )
  disk.waiting.shift()?.()
  await second
  assert.deepEqual(Object.keys(slips), [])
  void new IdbShelf().put(failed)
  disk.awake = true
  assert.deepEqual(await new IdbShelf().all('v1'), [failed], 'and not the one in the database')
})

const file = (key: string) => ({ key, name: 'a.png', type: 'image/png', size: 3, blob: new Blob(['abc']) })
/** A file beside the box, as it is kept: a line that is nothing else. */
const beside = (key: string): Line => ({ ...line, key, owner: 'draft.shop', text: '', files: [file(key)] })
const contents = (l: Line | undefined) => Promise.all((l?.files ?? []).map((f) => f.blob.text()))

test('a line outlives its page with its files, which lay beside the box until the database has it', async () => {
  const slips = storage()
  const disk = new Disk()
  const shelf = new IdbShelf()
  await shelf.put(beside('f1'))
  disk.awake = false
  void shelf.put({ ...line, files: [file('f1')] })
  while (disk.waiting.length === 0) await Promise.resolve()
  // That page is gone, and what it was writing with it. The next one:
  disk.awake = true
  const next = new IdbShelf()
  assert.deepEqual(
    await next.all('draft.shop'),
    [],
    'what has gone with a line is not beside the box, whoever looks first',
  )
  const [found] = await next.all('v1')
  assert.deepEqual([found?.text, await contents(found)], ['hola', ['abc']])
  while (Object.keys(slips).length > 0) await new Promise((r) => setImmediate(r))
  assert.deepEqual([[...disk.lines.keys()], await next.all('draft.shop')], [['k1'], []], 'they lie there no more')
})

test('files are beside the box or with their line, and never nowhere', async () => {
  storage()
  const disk = new Disk()
  const shelf = new IdbShelf()
  await shelf.put(beside('f1'))
  await shelf.put({ ...line, files: [file('f1')] })
  assert.deepEqual([...disk.lines.keys()], ['k1'])
  assert.deepEqual(await contents(disk.lines.get('k1')), ['abc'])
})

test('of a file that lay nowhere the words are left, and its name', async () => {
  const slips = storage()
  slips['dragoman.shop.token'] = 't1'
  const disk = new Disk()
  disk.awake = false
  void new IdbShelf().put({ ...line, files: [file('f1')] })
  void new IdbShelf().put(beside('f2'))
  assert.deepEqual(Object.keys(slips), ['dragoman.shop.token', 'dragoman.line.k1'], 'a file alone is no line')
  disk.awake = true
  const [found] = await new IdbShelf().all('v1')
  assert.deepEqual([found?.text, found?.files?.[0]?.name, await contents(found)], ['hola', 'a.png', ['']])
})

test('a slip that is none takes no other with it', async () => {
  const slips = storage()
  const disk = new Disk()
  for (const [i, slip] of ['{', 'null', '7', '{"key":"k0"}', JSON.stringify(line)].entries())
    slips[`dragoman.line.k${i}`] = slip
  const shelf = new IdbShelf()
  assert.deepEqual([await shelf.all('v1'), disk.lines.size], [[line], 0])
  assert.deepEqual([await shelf.has('k0'), await shelf.has('k4')], [false, true])
})

test('where localStorage is refused the database is enough', async () => {
  const disk = new Disk()
  Object.defineProperty(globalThis, 'localStorage', { get: () => assert.fail('refused'), configurable: true })
  const shelf = new IdbShelf()
  await shelf.put(line)
  assert.deepEqual([await shelf.all('v1'), disk.lines.size], [[line], 1])
  await shelf.remove('k1')
  assert.equal(await shelf.has('k1'), false)
})

test('two tabs send the line of a page that is gone once', async () => {
  storage()
  const disk = new Disk()
  disk.awake = false
  const make = (sent: string[]) =>
    new Outbox({
      owner: 'v1',
      shelf: new IdbShelf(),
      send: async (l) => {
        sent.push(l.key)
        return {} as SendOK
      },
      changed: () => {},
    })
  const gone = make([])
  const { key } = gone.add({ conversation: '', text: 'hola' })
  disk.awake = true
  const sent: string[] = []
  const [one, two] = [make(sent), make(sent)]
  one.online(true)
  for (let i = 0; i < 50; i++) await new Promise((r) => setImmediate(r))
  two.online(true)
  for (let i = 0; i < 50; i++) await new Promise((r) => setImmediate(r))
  assert.deepEqual([sent, one.lines, two.lines], [[key], [], []])
  for (const outbox of [gone, one, two]) outbox.close()
})
