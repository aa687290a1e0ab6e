import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { FakeSocket } from '../shared/fake_socket'
import type { Message, Participant } from '../shared/wire.gen'
import { Keep } from './keep'
import type { Settings } from './settings'
import { Talk } from './talk'

const me: Participant = { id: 'v1', kind: 'visitor', name: '', language: 'es', online: true }
const ann: Participant = { id: 'a1', kind: 'agent', name: 'Ann', language: 'en', online: true }
const settings = {
  site: { key: 'shop', name: 'Shop', language: 'en', texts: {}, look: {} },
  language: 'en',
} as unknown as Settings

/** What the server answers to the next requests for a session: a token, or a code of refusal. */
let answers: Array<{ token: string } | { status: number; code: string }> = []
let asked: Array<{ token?: string; languages: string[] }> = []
let stored: Map<string, string>

function browser(): void {
  stored = new Map()
  answers = []
  asked = []
  FakeSocket.made = []
  const page = new EventTarget()
  const globals = {
    WebSocket: FakeSocket,
    document: Object.assign(new EventTarget(), { visibilityState: 'visible' }),
    location: { protocol: 'https:', host: 'chat.example' },
    navigator: { onLine: true, languages: ['es-MX', 'en'] },
    localStorage: {
      getItem: (k: string) => stored.get(k) ?? null,
      setItem: (k: string, v: string) => stored.set(k, v),
      removeItem: (k: string) => stored.delete(k),
    },
    addEventListener: page.addEventListener.bind(page),
    removeEventListener: page.removeEventListener.bind(page),
    fetch: async (_: string, init: { body: string }) => {
      asked.push(JSON.parse(init.body))
      const a = answers.shift() ?? { token: 't1' }
      if ('status' in a) return new Response(JSON.stringify({ code: a.code }), { status: a.status })
      const ok = { token: a.token, visitor: me, language: 'es', site: settings.site, open: true, conversations: [] }
      return new Response(JSON.stringify(ok))
    },
  }
  for (const [name, value] of Object.entries(globals))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
}

/** Lets everything that is ready to run, run. */
async function settle(): Promise<void> {
  for (let i = 0; i < 30; i++) await new Promise((r) => setImmediate(r))
}

async function until(what: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !what(); i++) await settle()
  assert.ok(what(), `never came: ${what}`)
}

let talks: Talk[] = []
const talk = () => {
  const t = new Talk(settings, new Keep('shop'))
  talks.push(t)
  return t
}

// Sockets come back and hearts beat until somebody stops them.
afterEach(async () => {
  for (const t of talks) await t.reset()
  talks = []
})

function message(seq: number, author: Participant, more: Partial<Message> = {}): Message {
  const at = '2026-11-22T09:30:00.000Z'
  const text = `line ${seq}`
  return {
    id: `m${seq}`,
    seq,
    rev: seq,
    kind: 'message',
    author,
    at,
    text,
    language: 'es',
    translations: {},
    attachments: [],
    ...more,
  }
}

beforeEach(browser)

test('nothing is asked or stored before the visitor acts', async () => {
  const t = talk()
  await settle()
  assert.equal(t.link.value, 'asleep')
  assert.deepEqual([asked.length, stored.size, FakeSocket.made.length], [0, 0, 0])
})

test('the token is asked for once, kept, and sent in the first frame only', async () => {
  const t = talk()
  void t.begin()
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  assert.equal(asked.length, 1)
  assert.equal(stored.get('dragoman.shop.token'), 't1')
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

test('a token that has ended is forgotten, and a stranger begins', async () => {
  stored.set('dragoman.shop.token', 'old')
  answers = [{ status: 401, code: 'token' }, { token: 'new' }]
  const t = talk()
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  assert.deepEqual(
    asked.map((a) => a.token),
    ['old', undefined],
  )
  assert.equal(stored.get('dragoman.shop.token'), 'new')
})

test('a site that does not want us is not asked again', async () => {
  answers = [{ status: 403, code: 'origin' }]
  const t = talk()
  await t.begin()
  assert.equal(t.link.value, 'refused')
  assert.deepEqual([asked.length, FakeSocket.made.length], [1, 0])
})

test('4401 asks for a session once and comes back', async () => {
  const t = talk()
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  answers = [{ status: 401, code: 'token' }, { token: 't2' }]
  FakeSocket.last().onclose?.({ code: 4401, reason: '' })
  await until(() => asked.length === 3)
  assert.equal(stored.get('dragoman.shop.token'), 't2')
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
  await hear({ event: 'presence', participant: ann })
  assert.equal(t.open.value, true)
})

test('reset forgets everything', async () => {
  const t = talk()
  t.send('hola')
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  await t.reset()
  assert.deepEqual([t.days.value.length, stored.size, t.link.value], [0, 0, 'asleep'])
  assert.equal(FakeSocket.last().closed, true)
})
