import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeSocket } from '../shared/fake_socket'
import { ann, back, me, message, settle, talk, until, world } from './talk_fixture'

test('nothing is asked or stored before the visitor acts', async () => {
  const t = talk()
  await settle()
  assert.equal(t.link.value, 'asleep')
  assert.deepEqual([world.asked.length, world.stored.size, FakeSocket.made.length], [0, 0, 0])
})

test('the token is asked for once, kept, and sent in the first frame only', async () => {
  const t = talk()
  void t.begin()
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  assert.equal(world.asked.length, 1)
  assert.equal(world.stored.get('dragoman.shop.token'), 't1')
  assert.equal(FakeSocket.last().url, 'wss://chat.example/widget/v1/socket')
  await FakeSocket.last().welcome('e1', me)
  assert.equal(FakeSocket.last().sent[0]?.token, 't1')
  assert.equal(t.link.value, 'connected')
  assert.equal(t.open.value, true)
})

test('a line typed before there is a session is seen at once and sent when there is one', async () => {
  const t = talk()
  t.send('hola')
  t.send('adiós')
  const texts = () =>
    t.days.value.flatMap((d) =>
      d.items.flatMap((i) =>
        i.type === 'group' ? i.bubbles.map((b) => (b.type === 'line' ? b.line.text : b.message.text)) : [],
      ),
    )
  assert.deepEqual(texts(), ['hola', 'adiós'])
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  await until(() => FakeSocket.last().sent.some((f) => f.call === 'send'))
  const first = FakeSocket.last().sent.find((f) => f.call === 'send')!
  assert.equal(first.text, 'hola')
  assert.equal(first.conversation, undefined, 'the server finds the conversation')
  FakeSocket.last().answer('send', {
    conversation: 'c1',
    message: message(1, me, { key: String(first.key), text: 'hola' }),
    dup: false,
  })
  await until(() => FakeSocket.last().sent.filter((f) => f.call === 'send').length === 2)
  assert.deepEqual(texts(), ['hola', 'adiós'])
  assert.deepEqual(
    t.lines.value.map((l) => l.state),
    ['sending'],
  )
})

test('a line outlives a page that goes before the session is answered, in its own tab and under its key', async () => {
  world.answers = ['never']
  const gone = talk()
  gone.send('hola')
  gone.send('adiós')
  const keys = gone.lines.value.map((l) => l.key)
  await settle()
  assert.deepEqual([world.stored.size, [...world.tab.keys()]], [0, ['dragoman.shop.unsent']])

  const t = talk()
  assert.deepEqual(
    [t.acted, t.lines.value.map((l) => l.text), t.lines.value.map((l) => l.key)],
    [true, ['hola', 'adiós'], keys],
  )
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  const sends = () => FakeSocket.last().sent.filter((f) => f.call === 'send')
  await until(() => sends().length === 1)
  assert.deepEqual([sends()[0]?.key, sends()[0]?.text], [keys[0], 'hola'])
  assert.equal(world.tab.size, 0, 'from here on the outbox has them')
})

test('where there is no database, of a line with a file that goes with its tab the words are left, and what they belong to', async () => {
  world.answers = ['never']
  const file = { key: 'f1', name: 'cup.png', type: 'image/png', size: 3, blob: new Blob(['abc']) }
  talk().send('hola', undefined, [file])
  const t = talk()
  const [line] = t.lines.value
  assert.deepEqual([line?.text, line?.files?.map((f) => [f.name, f.blob.size])], ['hola', [['cup.png', 0]]])
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  await until(() => t.lines.value[0]?.state === 'refused')
  assert.equal(t.lines.value[0]?.error?.code, 'gone', 'it has to be chosen again')
})

test('what is no line in the storage of the tab is none, and keeps nobody from writing', async () => {
  for (const kept of ['{', 'null', '{"a":1}', '[null,{"key":"k1"},{"key":"k2","conversation":"","text":"hola"}]']) {
    world.tab.set('dragoman.shop.unsent', kept)
    const texts = talk().lines.value.map((l) => l.text)
    assert.deepEqual(texts, kept.includes('hola') ? ['hola'] : [], kept)
  }
})

test('whoever is forgotten leaves no line to the next one in the tab', async () => {
  world.answers = ['never']
  const t = talk()
  t.send('hola')
  await t.reset()
  assert.deepEqual([world.tab.size, talk().acted], [0, false])
})

test('where the browser keeps nothing lines live as long as the page', async () => {
  Object.defineProperty(globalThis, 'sessionStorage', { get: () => assert.fail('refused'), configurable: true })
  const t = talk()
  t.send('hola')
  assert.deepEqual(
    t.lines.value.map((l) => l.text),
    ['hola'],
  )
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  await until(() => FakeSocket.last().sent.some((f) => f.text === 'hola'))
})

test('a token that has ended is forgotten, and a stranger begins', async () => {
  world.stored.set('dragoman.shop.token', 'old')
  world.answers = [{ status: 401, code: 'token' }, { token: 'new' }]
  const t = talk()
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  assert.deepEqual(
    world.asked.map((a) => a.token),
    ['old', undefined],
  )
  assert.equal(world.stored.get('dragoman.shop.token'), 'new')
})

test('a site that does not want us is not asked again', async () => {
  world.answers = [{ status: 403, code: 'origin' }]
  const t = talk()
  await t.begin()
  assert.equal(t.link.value, 'refused')
  assert.deepEqual([world.asked.length, FakeSocket.made.length], [1, 0])
})

test('who is banned in the middle of a talk sees that there is no chat here, and is not asked again', async () => {
  const t = talk()
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  FakeSocket.last().onclose?.({ code: 4423, reason: '' })
  await until(() => t.link.value === 'refused')
  assert.deepEqual([world.asked.length, FakeSocket.made.length], [1, 1])
})

test('4401 asks for a session once and comes back', async () => {
  const t = talk()
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  world.answers = [{ status: 401, code: 'token' }, { token: 't2' }]
  FakeSocket.last().onclose?.({ code: 4401, reason: '' })
  await until(() => world.asked.length === 3)
  assert.equal(world.stored.get('dragoman.shop.token'), 't2')
  await new Promise((r) => setTimeout(r, 1100))
  await until(() => FakeSocket.made.length === 2)
  FakeSocket.last().onopen?.()
  assert.equal(FakeSocket.last().sent[0]?.token, 't2')
})

test('an agent’s line is unread until it is read, and told once', async () => {
  const t = talk()
  const told: string[] = []
  t.onMessage = (m) => told.push(m.id)
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  const row = { id: 'c1', rev: 1, head: 1, state: 'open', read: { visitor: 0, agents: 0 } }
  FakeSocket.last().hear({
    event: 'rows',
    conversation: 'c1',
    head: 1,
    reset: false,
    more: false,
    row,
    messages: [message(1, me)],
  })
  const line = { event: 'message', conversation: 'c1', prev: 1, rev: 2, message: message(2, ann) }
  FakeSocket.last().hear(line)
  FakeSocket.last().hear(line)
  await settle()
  FakeSocket.last().hear({ ...line, prev: 2, rev: 3, message: { ...message(2, ann), rev: 3 } })
  await settle()
  assert.equal(t.unread.value, 1)
  assert.deepEqual(told, ['m2'])
  t.read()
  await settle()
  assert.equal(t.unread.value, 0)
  assert.deepEqual(
    FakeSocket.last()
      .sent.filter((f) => f.call === 'read')
      .map((f) => f.seq),
    [2],
  )
})

test('the heading says who is there as it is heard of', async () => {
  const t = talk()
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  t.open.value = false
  const bob = { ...ann, id: 'a2', name: 'Bob' }
  const hear = async (frame: object) => {
    FakeSocket.last().hear({ conversation: 'c1', ...frame })
    await settle()
  }
  await hear({ event: 'message', prev: 0, rev: 1, message: message(1, { ...ann, online: false }) })
  assert.equal(t.open.value, false, 'her line is older than her leaving')
  await hear({ event: 'message', prev: 1, rev: 2, message: message(2, ann) })
  assert.equal(t.open.value, true)
  const row = {
    id: 'c1',
    rev: 3,
    head: 3,
    state: 'open',
    read: { visitor: 0, agents: 0 },
    participants: [me, ann, bob],
  }
  await hear({ event: 'conversation', prev: 2, rev: 3, row })
  await hear({ event: 'presence', participant: { ...ann, online: false } })
  assert.equal(t.open.value, true, 'Bob is still there')
  await hear({ event: 'presence', participant: { ...me, online: false } })
  await hear({ event: 'presence', participant: { ...bob, online: false } })
  assert.equal(t.open.value, false)
  await hear({ event: 'typing', on: true, participant: { ...bob, online: true } })
  assert.equal(t.open.value, true, 'nobody types who is not there')
  await hear({ event: 'presence', participant: { ...bob, online: false } })
  assert.equal(t.open.value, false)
  await hear({ event: 'presence', participant: ann })
  assert.equal(t.open.value, true)
})

test('reset forgets everything', async () => {
  const t = talk()
  t.send('hola')
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  await t.reset()
  assert.deepEqual([t.days.value.length, world.stored.size, t.link.value], [0, 0, 'asleep'])
  assert.equal(FakeSocket.last().closed, true)
})

test('when another tab has become somebody else, the lines typed before are not his', async () => {
  const t = talk()
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  FakeSocket.last().hear({
    event: 'rows',
    conversation: 'c1',
    head: 1,
    reset: false,
    more: false,
    messages: [message(1, me)],
  })
  await settle()
  FakeSocket.last().onclose?.({ code: 1006, reason: '' })
  t.send('for v1 only')
  world.stored.set('dragoman.shop.token', 'of v2')
  await back(2)
  await FakeSocket.last().welcome('e1', { ...me, id: 'v2' })
  await settle()
  assert.equal(FakeSocket.last().sent[0]?.token, 'of v2')
  assert.deepEqual([t.me.value?.id, t.rooms.value, t.lines.value], ['v2', [], []])
  t.send('of v2')
  await until(() => FakeSocket.last().sent.some((f) => f.call === 'send'))
  assert.deepEqual(
    FakeSocket.last()
      .sent.filter((f) => f.call === 'send')
      .map((f) => f.text),
    ['of v2'],
  )
})

test('a changed line that is older than what is loaded is not told as new', async () => {
  const t = talk()
  const told: string[] = []
  t.onMessage = (m) => told.push(m.id)
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  const messages = [message(800, ann)]
  FakeSocket.last().hear({ event: 'rows', conversation: 'c1', head: 900, reset: true, more: false, messages })
  const changed = { ...message(3, ann), rev: 901 }
  FakeSocket.last().hear({ event: 'message', conversation: 'c1', prev: 900, rev: 901, message: changed })
  const added = { ...message(801, ann), rev: 902 }
  FakeSocket.last().hear({ event: 'message', conversation: 'c1', prev: 901, rev: 902, message: added })
  await settle()
  assert.deepEqual(told, ['m801'])
})

/** Holds the answers to requests for a session back until it is called. */
function gate(): () => void {
  const real = globalThis.fetch
  let open!: () => void
  const opened = new Promise<void>((r) => {
    open = r
  })
  globalThis.fetch = async (url, init) => {
    const answer = await real(url, init)
    await opened
    return answer
  }
  return () => {
    globalThis.fetch = real
    open()
  }
}

test('reset while the session is being asked for forgets its answer', async () => {
  const open = gate()
  const t = talk()
  world.answers = [{ token: 'theirs' }, { token: 'mine' }]
  t.send('theirs')
  await settle()
  await t.reset()
  open()
  await settle()
  assert.equal(world.stored.get('dragoman.shop.token'), undefined, 'the forgotten token came back')
  assert.deepEqual([FakeSocket.made.length, t.link.value, t.me.value], [0, 'asleep', undefined])
  t.send('mine')
  await until(() => FakeSocket.made.length === 1)
  assert.equal(world.stored.get('dragoman.shop.token'), 'mine')
  assert.deepEqual(
    t.lines.value.map((l) => l.text),
    ['mine'],
  )
})

test('reset while a refused token is being replaced leaves the next one alone', async () => {
  const t = talk()
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  const open = gate()
  world.answers = [{ status: 401, code: 'token' }]
  FakeSocket.last().onclose?.({ code: 4401, reason: '' })
  await until(() => world.asked.length === 2)
  await t.reset()
  world.stored.set('dragoman.shop.token', 'next')
  open()
  await settle()
  assert.deepEqual([world.stored.get('dragoman.shop.token'), world.asked.length], ['next', 2])
})

test('reset without a network leaves one life, not two', async () => {
  const real = globalThis.fetch
  globalThis.fetch = async () => {
    throw new TypeError('Failed to fetch')
  }
  const t = talk()
  void t.begin()
  await settle()
  await t.reset()
  void t.begin()
  await settle()
  globalThis.fetch = real
  world.page.dispatchEvent(new Event('online'))
  await settle()
  assert.deepEqual([world.asked.length, FakeSocket.made.length], [1, 1])
})

test('lines that wait when the token ends go on with the next visitor', async () => {
  const t = talk()
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  FakeSocket.last().onclose?.({ code: 1006, reason: '' })
  t.send('hola')
  t.send('adiós')
  world.answers = [
    { status: 401, code: 'token' },
    { token: 't2', visitor: 'v2' },
  ]
  await back(2)
  FakeSocket.last().onclose?.({ code: 4401, reason: '' })
  await until(() => world.asked.length === 3)
  await settle()
  assert.deepEqual(
    t.lines.value.map((l) => l.text),
    ['hola', 'adiós'],
  )
  await back(3)
  await FakeSocket.last().welcome('e1', { ...me, id: 'v2' })
  await until(() => FakeSocket.last().sent.some((f) => f.call === 'send'))
  assert.equal(FakeSocket.last().sent.find((f) => f.call === 'send')?.text, 'hola')
})

test('lines also wait for a next visitor who cannot be asked for at once', async () => {
  const t = talk()
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  FakeSocket.last().onclose?.({ code: 1006, reason: '' })
  t.send('hola')
  await back(2)
  const real = globalThis.fetch
  globalThis.fetch = async (url, init) => {
    if (world.asked.length === 2) throw new TypeError('Failed to fetch')
    return real(url, init)
  }
  world.answers = [
    { status: 401, code: 'token' },
    { token: 't2', visitor: 'v2' },
  ]
  FakeSocket.last().onclose?.({ code: 4401, reason: '' })
  await back(3)
  globalThis.fetch = real
  FakeSocket.last().onclose?.({ code: 4401, reason: '' })
  await until(() => world.stored.get('dragoman.shop.token') === 't2')
  assert.deepEqual(
    t.lines.value.map((l) => l.text),
    ['hola'],
  )
})

test('a tab that is told that the visitor is forgotten leaves the next one his token', async () => {
  const t = talk()
  await t.begin()
  assert.equal(t.me.value?.id, 'v1')
  // In the other tab somebody has begun a session since.
  world.stored.set('dragoman.shop.token', 't2')
  await t.forget()
  assert.deepEqual([t.me.value, t.link.value, world.stored.get('dragoman.shop.token')], [undefined, 'asleep', 't2'])
  await t.begin()
  assert.equal(world.asked.at(-1)?.token, 't2')
})

test('lines that another tab has left are not carried over to whoever comes when the token ends', async () => {
  const at = '2026-11-22T09:30:00.000Z'
  const other = {
    key: 'k',
    owner: 'shop.v1',
    order: 1,
    conversation: '',
    text: 'theirs',
    at,
    state: 'queued',
    tries: 0,
  }
  const disk = new Map<string, object>([['k', other]])
  const store = {
    getAll: () => ({ result: [...disk.values()] }),
    count: (key: string) => ({ result: Number(disk.has(key)) }),
    put: (l: { key: string }) => ({ result: disk.set(l.key, l) }),
    delete: (key: string) => ({ result: disk.delete(key) }),
  }
  const done = <T extends object>(req: T, event: string) => {
    queueMicrotask(() => (req as Record<string, () => void>)[event]?.())
    return req
  }
  const transaction = () => done({ objectStore: () => store, commit: () => {} }, 'oncomplete')
  const indexedDB = { open: () => done({ result: { transaction } }, 'onsuccess') }
  Object.defineProperty(globalThis, 'indexedDB', { value: indexedDB, configurable: true })
  try {
    const t = talk()
    void t.begin()
    await until(() => t.lines.value.length === 1)
    t.send('mine')
    world.answers = [
      { status: 401, code: 'token' },
      { token: 't2', visitor: 'v2' },
    ]
    FakeSocket.last().onclose?.({ code: 4401, reason: '' })
    await until(() => t.me.value?.id === 'v2')
    await settle()
    assert.deepEqual(
      t.lines.value.map((l) => l.text),
      ['mine'],
    )
    assert.equal(disk.get('k'), other)
  } finally {
    Reflect.deleteProperty(globalThis, 'indexedDB')
  }
})

test('files that were uploaded before the token ended are uploaded anew', async () => {
  const t = talk()
  const uploads: Array<Array<string | undefined>> = []
  t.files = {
    upload: async (line) => {
      uploads.push((line.files ?? []).map((f) => f.id))
      return (line.files ?? []).map((f) => ({ ...f, id: `u${uploads.length}` }))
    },
    forget: () => {},
  }
  const sent = () => FakeSocket.last().sent.filter((f) => f.call === 'send')
  t.send('look', undefined, [{ key: 'f', name: 'a.png', type: 'image/png', size: 3, blob: new Blob(['abc']) }])
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  await until(() => sent().length === 1)
  assert.deepEqual(sent()[0]?.attachments, [{ id: 'u1' }])
  world.answers = [
    { status: 401, code: 'token' },
    { token: 't2', visitor: 'v2' },
  ]
  FakeSocket.last().onclose?.({ code: 4401, reason: '' })
  await until(() => t.me.value?.id === 'v2')
  await back(2)
  await FakeSocket.last().welcome('e1', { ...me, id: 'v2' })
  await until(() => sent().length === 1)
  assert.deepEqual([uploads, sent()[0]?.attachments], [[[undefined], [undefined]], [{ id: 'u2' }]])
})

test('what a server knew that was restored since is not shown until it says it again', async () => {
  const t = talk()
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  const rows = { event: 'rows', conversation: 'c1', head: 1, reset: false, more: false, messages: [message(1, ann)] }
  FakeSocket.last().hear(rows)
  await until(() => t.rooms.value.length === 1)
  FakeSocket.last().onclose?.({ code: 1006, reason: '' })
  await back(2)
  await FakeSocket.last().welcome('e2', me)
  await settle()
  assert.deepEqual(t.rooms.value, [])
})
