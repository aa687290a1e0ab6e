import assert from 'node:assert/strict'
import { test } from 'node:test'
import { h, options, render, type VNode } from 'preact'
import { FakeNode } from '../../shared/fake_dom'
import type { Message } from '../../shared/wire.gen'
import { type Desk, DeskProvider } from '../app/desk'
import { emmasDesk } from '../app/fixture'
import { t } from '../app/words'
import { message, row, translation } from '../inbox/fixture'
import { Items } from './items'
import { Line, Run } from './line'

const emma = { id: 'emma', kind: 'agent' as const, name: 'Emma', language: 'en', online: true }

/** Every third line is the agent's, so that runs are one or two lines long; all are translated. */
function line(seq: number, over: Partial<Message> = {}): Message {
  const author = seq % 3 ? {} : { author: emma, language: 'en' }
  return message(seq, { ...author, translations: { [seq % 3 ? 'en' : 'es']: translation(`words ${seq}`) }, ...over })
}

/** Counts what is drawn from now on, by component. Preact tells of each in the hook that its developer tools use. */
const drawn = new Map<unknown, number>()
const hooks = options as { __r?: (vnode: VNode) => void }
const before = hooks.__r
hooks.__r = (vnode) => {
  drawn.set(vnode.type, (drawn.get(vnode.type) ?? 0) + 1)
  before?.(vnode)
}

/** How many runs, lines and components of any kind have been drawn. */
const count = () => ({
  runs: drawn.get(Run) ?? 0,
  lines: drawn.get(Line) ?? 0,
  all: [...drawn.values()].reduce((sum, n) => sum + n, 0),
})

/** One run, one line of it, and what that is made of, with the line that bore the last mark. */
function one(what: string): void {
  const { runs, lines, all } = count()
  assert.deepEqual([runs, lines], [1, 1], what)
  assert.ok(all < 40, `${what}: ${all} components were drawn`)
  drawn.clear()
}

const rendered = () => new Promise((done) => setImmediate(done))

/** A conversation of so many lines, as it stands in the log. */
function long(shown: number): { desk: Desk; log: FakeNode } {
  drawn.clear()
  const desk = emmasDesk()
  const messages = Array.from({ length: shown }, (_, i) => line(i + 1))
  desk.rows.upsert([row('a', { language: 'es', seq: shown, head: shown })])
  desk.chats.rooms.rows({ conversation: 'a', messages, head: shown, reset: true, more: false })
  const log = new FakeNode('div')
  const Log = () => h(Items, { id: 'a', lines: desk.chats.room('a').value.messages, unreadAfter: 0 })
  render(h(DeskProvider, { value: desk, children: h(Log, {}) }), log as unknown as Element)
  assert.equal(count().lines, shown)
  drawn.clear()
  return { desk, log }
}

const says = (desk: Desk, prev: number, m: Message) =>
  desk.chats.take({ event: 'message', conversation: 'a', prev, rev: prev + 1, message: { ...m, rev: prev + 1 } })

test('a new line draws itself, and of a thousand others none', async () => {
  const shown = 1000
  const { desk, log } = long(shown)
  says(desk, shown, line(shown + 1, { author: emma }))
  await rendered()
  assert.match(log.textContent, /words 1000.*words 1001/)
  one('a run of its own')
  says(desk, shown + 1, line(shown + 2, { author: emma }))
  await rendered()
  assert.match(log.textContent, /words 1001.*words 1002/)
  one('one that joins a run')
})

test('a translation that comes late draws its own line anew, and no other', async () => {
  const { desk, log } = long(100)
  says(desk, 100, line(50, { translations: { en: translation('late words') } }))
  await rendered()
  assert.match(log.textContent, /words 49.*late words.*words 51/)
  one('a late translation')
})

test('what belongs to all lines draws all lines', async () => {
  const { desk } = long(100)
  desk.settings.originals.value = 'beside'
  await rendered()
  assert.equal(count().lines, 100)
})

test('the lines of a customer bear the name that he has now, also after he has said who he is', async () => {
  const { desk, log } = long(100)
  const event = { type: 'resolved' as const, by: 'v' }
  says(
    desk,
    100,
    message(101, { kind: 'event', text: '', author: { ...message(1).author, name: 'Visitor 4711' }, event }),
  )
  const { visitor, ...rest } = row('a', { language: 'es', seq: 101, head: 102, rev: 102 })
  desk.rows.upsert([{ ...rest, visitor: { ...visitor, id: 'v', name: 'Ana García' } }])
  await rendered()
  assert.equal(log.textContent.match(/Ana García/g)?.length, 34 + 1)
  assert.doesNotMatch(log.textContent, /Lucía|4711/)
  assert.match(log.textContent, new RegExp(`Ana García.*${t('person.you')}.*Ana García`), 'and ours bear ours')
})

test('the marks stand under two lines, and what happens elsewhere draws no line', async () => {
  const { desk, log } = long(100)
  says(desk, 100, message(101, { kind: 'event', text: '', author: emma, event: { type: 'joined', by: 'emma' } }))
  await rendered()
  const marks = () => log.textContent.match(new RegExp(`words \\d+(${t('mark.read')}|${t('mark.sent')})`, 'g'))
  assert.deepEqual(marks(), [`words 99${t('mark.sent')}`])
  const a = desk.row('a')
  assert.ok(a)
  desk.rows.upsert([{ ...a, head: a.head + 1, read: { ...a.read, visitor: 50 } }])
  await rendered()
  assert.deepEqual(marks(), [`words 48${t('mark.read')}`, `words 99${t('mark.sent')}`])
  drawn.clear()
  desk.rows.upsert([row('b')])
  await rendered()
  assert.equal(count().all, 0)
})
