import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeSocket } from '../shared/fake_socket'
import { Keep } from './keep'
import { Talk } from './talk'
import { back, me, message, settings, settle, talk, until, world } from './talk_fixture'

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
  assert.deepEqual([t.language.value, world.stored.get('dragoman.shop.language')], ['pt-BR', undefined])
  void t.speak('de')
  await hear(3, 'pt-BR')
  assert.equal(t.language.value, 'de', 'another change of the row says nothing about the language')
  await hear(4, 'fr')
  assert.deepEqual([t.language.value, world.stored.get('dragoman.shop.language')], ['fr', 'fr'])
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
  assert.equal(world.stored.size, 0)
  void t.begin()
  await until(() => FakeSocket.made.length === 1)
  FakeSocket.last().onopen?.()
  assert.deepEqual([world.asked[0]?.languages[0], FakeSocket.last().sent[0]?.language], ['de', 'de'])
})

test('a session that was asked for before the language changed does not bring the texts of the one before', async () => {
  const answer = globalThis.fetch
  let go = () => {}
  globalThis.fetch = async (...asked: Parameters<typeof fetch>) => {
    await new Promise<void>((r) => {
      go = r
    })
    return answer(...asked)
  }
  const t = talk()
  void t.begin()
  await t.speak('de')
  const german = { greeting: 'Hallo', language: 'de' }
  t.texts.value = german
  go()
  await until(() => FakeSocket.made.length === 1)
  assert.equal(t.texts.value, german)
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
  world.answers = [{ status: 429, code: 'rate', retry_after_s: 100 }, { token: 't1' }]
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
  assert.equal(await t.tell('flag', flag), false, 'there is nobody to tell')
  await t.begin()
  await FakeSocket.last().welcome('e1', me)
  const told = t.tell('flag', { ...flag, comment: 'no es una taza' })
  await settle()
  const { id, ...sent } = FakeSocket.last().sent.at(-1) ?? {}
  assert.deepEqual(sent, { call: 'flag', ...flag, comment: 'no es una taza' })
  FakeSocket.last().hear({ id, ok: {} })
  assert.equal(await told, true)
  const refused = t.tell('flag', flag)
  await settle()
  const error = { code: 'rate', message: 'too fast', retry_after_s: 1 }
  FakeSocket.last().hear({ id: FakeSocket.last().sent.at(-1)?.id, error })
  assert.equal(await refused, false)
})

/** A visitor in a conversation, of a site that wants to read along or not. */
async function typing(preview: boolean): Promise<Talk> {
  const site = { ...settings.site, typing_preview: preview }
  const t = new Talk({ ...settings, site }, new Keep('shop'))
  world.talks.push(t)
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
