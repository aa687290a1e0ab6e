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
let answers: Array<{ token: string; visitor?: string } | { status: number; code: string; retry_after_s?: number }> = []
let asked: Array<{ token?: string; languages: string[] }> = []
let stored: Map<string, string>
let page: EventTarget

function browser(): void {
  stored = new Map()
  answers = []
  asked = []
  FakeSocket.made = []
  page = new EventTarget()
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
      if ('status' in a) return new Response(JSON.stringify(a), { status: a.status })
      const visitor = { ...me, id: a.visitor ?? me.id }
      const ok = { token: a.token, visitor, language: 'es', site: settings.site, open: true, conversations: [] }
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
  // A machine may be busy, so not so many times but so long.
  for (const end = Date.now() + 60_000; !what() && Date.now() < end; ) await settle()
  assert.ok(what(), `never came: ${what}`)
}

/** Comes back without the wait, as when the network has returned; until there are n sockets. */
async function back(n: number): Promise<void> {
  await settle()
  page.dispatchEvent(new Event('online'))
  await until(() => FakeSocket.made.length === n)
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
  stored.set('dragoman.shop.token', 'of v2')
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
  answers = [{ token: 'theirs' }, { token: 'mine' }]
  t.send('theirs')
  await settle()
  await t.reset()
  open()
  await settle()
  assert.equal(stored.get('dragoman.shop.token'), undefined, 'the forgotten token came back')
  assert.deepEqual([FakeSocket.made.length, t.link.value, t.me.value], [0, 'asleep', undefined])
  t.send('mine')
  await until(() => FakeSocket.made.length === 1)
  assert.equal(stored.get('dragoman.shop.token'), 'mine')
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
  answers = [{ status: 401, code: 'token' }]
  FakeSocket.last().onclose?.({ code: 4401, reason: '' })
  await until(() => asked.length === 2)
  await t.reset()
  stored.set('dragoman.shop.token', 'next')
  open()
  await settle()
  assert.deepEqual([stored.get('dragoman.shop.token'), asked.length], ['next', 2])
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
  page.dispatchEvent(new Event('online'))
  await settle()
  assert.deepEqual([asked.length, FakeSocket.made.length], [1, 1])
})

test('lines that wait when the token ends go on with the next visitor', async () => {
  const t = talk()
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  FakeSocket.last().onclose?.({ code: 1006, reason: '' })
  t.send('hola')
  t.send('adiós')
  answers = [
    { status: 401, code: 'token' },
    { token: 't2', visitor: 'v2' },
  ]
  await back(2)
  FakeSocket.last().onclose?.({ code: 4401, reason: '' })
  await until(() => asked.length === 3)
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
    if (asked.length === 2) throw new TypeError('Failed to fetch')
    return real(url, init)
  }
  answers = [
    { status: 401, code: 'token' },
    { token: 't2', visitor: 'v2' },
  ]
  FakeSocket.last().onclose?.({ code: 4401, reason: '' })
  await back(3)
  globalThis.fetch = real
  FakeSocket.last().onclose?.({ code: 4401, reason: '' })
  await until(() => stored.get('dragoman.shop.token') === 't2')
  assert.deepEqual(
    t.lines.value.map((l) => l.text),
    ['hola'],
  )
})

test('an agent may correct the language, and only a choice of the visitor’s own is said in hello', async () => {
  const t = talk()
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  assert.equal(FakeSocket.last().sent[0]?.language, undefined, 'a guess is the server’s to keep')
  const row = { id: 'c1', rev: 1, head: 1, state: 'open', language: 'es', read: { visitor: 0, agents: 0 } }
  const hear = async (rev: number, language: string) => {
    const changed = { ...row, rev, head: rev, language }
    FakeSocket.last().hear({ event: 'conversation', conversation: 'c1', prev: rev - 1, rev, row: changed })
    await settle()
  }
  await hear(1, 'es')
  await hear(2, 'pt-BR')
  assert.deepEqual([t.language.value, stored.get('dragoman.shop.language')], ['pt-BR', undefined])
  void t.speak('de')
  await hear(3, 'pt-BR')
  assert.equal(t.language.value, 'de', 'another change of the row says nothing about the language')
  await hear(4, 'fr')
  assert.deepEqual([t.language.value, stored.get('dragoman.shop.language')], ['fr', 'fr'])
  FakeSocket.last().onclose?.({ code: 1006, reason: '' })
  await back(2)
  FakeSocket.last().onopen?.()
  assert.equal(FakeSocket.last().sent[0]?.language, 'fr')
})

test('what is over does not say which language is spoken', async () => {
  const t = talk()
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  const row = { id: 'c1', rev: 1, head: 1, state: 'resolved', language: 'fr', read: { visitor: 0, agents: 0 } }
  const rows = { event: 'rows', conversation: 'c1', head: 1, reset: false, more: false, messages: [] }
  FakeSocket.last().hear({ ...rows, row })
  await settle()
  assert.equal(t.language.value, 'es')
  FakeSocket.last().hear({ ...rows, conversation: 'c2', row: { ...row, id: 'c2', state: 'open' } })
  await settle()
  assert.equal(t.language.value, 'fr')
})

test('a language chosen before the session is kept with the token', async () => {
  const t = talk()
  await t.speak('de')
  assert.equal(stored.size, 0)
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  FakeSocket.last().onopen?.()
  assert.deepEqual([asked[0]?.languages[0], FakeSocket.last().sent[0]?.language], ['de', 'de'])
})

test('a reset while connected is no lost connection', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const t = talk()
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  await t.reset()
  context.mock.timers.tick(5000)
  assert.equal(t.link.value, 'asleep')
})

test('lines that come too fast wait, and it is said for how long until the last of them has gone', async () => {
  const t = talk()
  await t.begin()
  await FakeSocket.last().welcome('e1', me)
  t.send('uno')
  t.send('dos')
  const sends = () => FakeSocket.last().sent.filter((f) => f.call === 'send')
  await until(() => sends().length === 1)
  const error = { code: 'rate', message: 'too fast', retry_after_s: 100 }
  FakeSocket.last().hear({ id: sends()[0]?.id, error })
  await until(() => t.held.value !== undefined)
  assert.equal(t.held.value?.what, 'lines')
  const left = (t.held.value?.until ?? 0) - Date.now()
  assert.ok(left > 50_000 && left <= 150_000, `${left} ms are left`)
  await until(() => t.lines.value.every((l) => l.state === 'queued'))
  // The next connection may try at once; what the server says then counts.
  const held = () => t.held.value?.what
  FakeSocket.last().onclose?.({ code: 1001, reason: '' })
  assert.equal(held(), undefined)
  await back(2)
  await FakeSocket.last().welcome('e1', me)
  await until(() => sends().length === 1)
  FakeSocket.last().hear({ id: sends()[0]?.id, error })
  await until(() => t.held.value !== undefined)
  t.take(t.lines.value[0]?.key ?? '')
  assert.equal(held(), 'lines', 'one line still waits')
  t.take(t.lines.value[0]?.key ?? '')
  assert.equal(held(), undefined)
})

test('a session that is refused for now says for how long', async () => {
  answers = [{ status: 429, code: 'rate', retry_after_s: 100 }, { token: 't1' }]
  const t = talk()
  void t.begin()
  await until(() => t.held.value !== undefined)
  assert.equal(t.held.value?.what, 'busy')
  const left = (t.held.value?.until ?? 0) - Date.now()
  assert.ok(left > 50_000 && left <= 100_000, `${left} ms are left`)
  await back(1)
  assert.equal(t.held.value, undefined)
})

test('a socket that is turned away says when it comes back, and a lost one does not', async () => {
  const t = talk()
  await t.begin()
  await FakeSocket.last().welcome('e1', me)
  FakeSocket.last().onclose?.({ code: 1013, reason: '' })
  await until(() => t.held.value !== undefined)
  assert.equal(t.held.value?.what, 'busy')
  assert.ok((t.held.value?.until ?? 0) - Date.now() > 5000)
  await back(2)
  FakeSocket.last().onclose?.({ code: 4029, reason: '{"retry_after_s":30}' })
  await until(() => (t.held.value?.until ?? 0) - Date.now() > 25_000)
  await back(3)
  FakeSocket.last().onclose?.({ code: 1006, reason: '' })
  await until(() => t.held.value === undefined)
  await back(4)
  await FakeSocket.last().welcome('e1', me)
  assert.equal(t.held.value, undefined)
})

test('whether a flag got through is known', async () => {
  const t = talk()
  const flag = { conversation: 'c1', seq: 2, language: 'es' }
  assert.equal(await t.flag(flag), false, 'there is nobody to tell')
  await t.begin()
  await FakeSocket.last().welcome('e1', me)
  const told = t.flag({ ...flag, comment: 'no es una taza' })
  await settle()
  const { id, ...sent } = FakeSocket.last().sent.at(-1) ?? {}
  assert.deepEqual(sent, { call: 'flag', ...flag, comment: 'no es una taza' })
  FakeSocket.last().hear({ id, ok: {} })
  assert.equal(await told, true)
  const refused = t.flag(flag)
  await settle()
  const error = { code: 'rate', message: 'too fast', retry_after_s: 1 }
  FakeSocket.last().hear({ id: FakeSocket.last().sent.at(-1)?.id, error })
  assert.equal(await refused, false)
})

/** A visitor in a conversation, of a site that wants to read along or not. */
async function typing(preview: boolean): Promise<Talk> {
  const site = { ...settings.site, typing_preview: preview }
  const t = new Talk({ ...settings, site }, new Keep('shop'))
  talks.push(t)
  await t.begin()
  await FakeSocket.last().welcome('e1', me)
  const rows = { event: 'rows', conversation: 'c1', head: 1, reset: false, more: false, messages: [message(1, me)] }
  FakeSocket.last().hear(rows)
  await settle()
  return t
}

const typed = () =>
  FakeSocket.last()
    .sent.filter((f) => f.call === 'typing')
    .map((f) => (f.on ? (f.text ?? true) : false))

test('what is typed is shown only where the site wants it, once a second and to the last letter', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.now() })
  const plain = await typing(false)
  plain.typed('h')
  plain.typed('hola')
  assert.deepEqual([plain.preview.value, typed()], [false, [true]], 'that one types, and no word of what')

  const t = await typing(true)
  t.typed('h')
  t.typed('ho')
  t.typed('hola')
  assert.deepEqual(typed(), ['h'])
  context.mock.timers.tick(1000)
  assert.deepEqual(typed(), ['h', 'hola'], 'the last letters count')
  t.typed('hola, ¿qué')
  t.send('hola, ¿qué tal?')
  context.mock.timers.tick(5000)
  assert.deepEqual(typed(), ['h', 'hola', false], 'what is sent is not typed any more')
})

test('a visitor who does not want to be read along is not, today and tomorrow', async () => {
  const t = await typing(true)
  t.typed('ho')
  t.setPreview(false)
  t.typed('hola')
  assert.deepEqual(typed(), ['ho', false, true])
  assert.equal((await typing(true)).preview.value, false)
  t.setPreview(true)
  assert.equal((await typing(true)).preview.value, true)
})
