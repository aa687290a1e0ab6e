// Lines with files that are sent before the session is answered.
import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { Disk } from '../shared/fake_disk'
import { FakeSocket } from '../shared/fake_socket'
import type { Line } from '../shared/outbox'
import type { Talk } from './talk'
import { me, message, settle, talk, until, world } from './talk_fixture'

let disk: Disk
beforeEach(() => {
  disk = new Disk()
})
afterEach(() => Reflect.deleteProperty(globalThis, 'indexedDB'))

const file = (key: string) => ({ key, name: 'cup.png', type: 'image/png', size: 3, blob: new Blob(['abc']) })
const beside: Line = {
  key: 'f1',
  owner: 'draft.shop',
  order: 1,
  conversation: '',
  text: '',
  files: [file('f1')],
  at: '2026-11-22T09:30:00.000Z',
  state: 'queued',
  tries: 0,
}
const contents = (files: Line['files']) => Promise.all((files ?? []).map((f) => f.blob.text()))

/** Takes the talk's files to a server, and notes what was in them. */
function uploading(t: Talk): string[] {
  const uploaded: string[] = []
  t.files = {
    upload: async (line) => {
      uploaded.push(...(await contents(line.files)))
      return (line.files ?? []).map((f) => ({ ...f, id: `u-${f.key}` }))
    },
    forget: () => {},
  }
  return uploaded
}

const sends = () => FakeSocket.last().sent.filter((f) => f.call === 'send')

/** A page on which a file lies beside the box is sent with a line, and the server does not answer. */
async function unanswered(): Promise<Talk> {
  disk.lines.set('f1', beside)
  world.answers = ['never']
  const t = talk()
  t.send('hola', undefined, [file('f1')])
  await settle()
  return t
}

test('a file outlives a page that goes before the session is answered, and goes with its line and its key', async () => {
  const [sent] = (await unanswered()).lines.value
  assert.deepEqual([...disk.lines.keys()], [sent?.key], 'it lies beside nobody’s box')

  const t = talk()
  const uploaded = uploading(t)
  t.send('adiós')
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  await until(() => sends().length === 1)
  assert.deepEqual(
    [uploaded, sends()[0]?.key, sends()[0]?.text, sends()[0]?.attachments],
    [['abc'], sent?.key, 'hola', [{ id: 'u-f1' }]],
  )
  assert.deepEqual([disk.lines.get(sent?.key ?? '')?.owner, world.tab.size], ['shop.v1', 0], 'the outbox has it')
  for (const text of ['hola', 'adiós']) {
    await until(() => sends().at(-1)?.text === text)
    const key = String(sends().at(-1)?.key)
    FakeSocket.last().answer('send', { conversation: 'c1', message: message(1, me, { key, text }), dup: false })
  }
  await until(() => disk.lines.size === 0)
  assert.equal(sends().length, 2)
})

test('the picture of such a line is seen on the next page before there is a session', async () => {
  await unanswered()
  const t = talk()
  await until(() => t.lines.value[0]?.files?.[0]?.blob.size === 3)
  assert.deepEqual([await contents(t.lines.value[0]?.files), t.link.value], [['abc'], 'asleep'])
})

for (const where of ['on its page', 'on the next page'])
  test(`a line with a file is taken back before there is a session, ${where}`, async () => {
    const gone = await unanswered()
    const t = where === 'on its page' ? gone : talk()
    await until(() => t.lines.value[0]?.files?.[0]?.blob.size === 3)
    const taken = t.take(t.lines.value[0]?.key ?? '')
    assert.deepEqual([taken?.text, await contents(taken?.files)], ['hola', ['abc']])
    await settle()
    assert.deepEqual([t.lines.value, disk.lines.size, world.tab.size], [[], 0, 0])
    assert.equal(t.take('nothing'), undefined)
  })

test('a line that was taken back is not sent once there is a session, and the others are', async () => {
  await unanswered()
  const t = talk()
  const uploaded = uploading(t)
  t.send('adiós')
  t.take(t.lines.value[0]?.key ?? '')
  await until(() => FakeSocket.made.length === 1)
  await FakeSocket.last().welcome('e1', me)
  await until(() => sends().length > 0)
  assert.deepEqual([sends().map((f) => f.text), uploaded], [['adiós'], []])
})

test('what a tab has left that was closed is swept after a day, and at once with a reset', async () => {
  const lying = { ...beside, key: 'k1', owner: 'dragoman.shop.unsent', order: Date.now() - 86_400_001 }
  disk.lines.set('k1', lying)
  disk.lines.set('k2', { ...lying, key: 'k2', order: Date.now() - 60_000 })
  disk.lines.set('f1', beside)
  const t = talk()
  void t.begin()
  await until(() => !disk.lines.has('k1'))
  assert.deepEqual([...disk.lines.keys()], ['k2', 'f1'])
  await t.reset()
  await until(() => !disk.lines.has('k2'))
  assert.deepEqual([...disk.lines.keys()], ['f1'], 'what lies beside the box is not its business')
})
