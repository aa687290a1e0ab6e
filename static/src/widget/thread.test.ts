import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainTag } from '../shared/i18n'
import type { Line } from '../shared/outbox'
import type { Room } from '../shared/rooms'
import { emptyRoom } from '../shared/rooms'
import type { Message, Participant, Translation } from '../shared/wire.gen'
import { lastOwn, rateable, waitingSince } from './after'
import { choices, search } from './names'
import { reading, unreadable } from './reading'
import { message as fixed } from './talk_fixture'
import { delivery, thread, unread } from './thread'

const me: Participant = { id: 'v1', kind: 'visitor', name: '', language: 'es', online: true }
const ann: Participant = { id: 'a1', kind: 'agent', name: 'Ann', language: 'en', online: true }
const bob: Participant = { id: 'a2', kind: 'agent', name: 'Bob', language: 'en', online: true }

/** minute 0 is noon, local time, so that a day has room on both sides. */
const at = (minute: number) => new Date(new Date(2026, 10, 22, 12).getTime() + minute * 60_000).toISOString()

function message(seq: number, author: Participant, minute: number, more: Partial<Message> = {}): Message {
  return fixed(seq, author, { at: at(minute), language: author.language, ...more })
}

function room(id: string, messages: Message[], read = { visitor: 0, agents: 0 }): Room {
  return { ...emptyRoom(id), messages, row: { read } as Room['row'] & object }
}

const waiting = (key: string, minute: number): Line => ({
  key,
  owner: 'v1',
  order: 1,
  conversation: '',
  text: key,
  at: at(minute),
  state: 'queued',
  tries: 0,
})

const shape = (rooms: Room[], lines: Line[] = []) =>
  thread(rooms, lines, 'v1').map((d) =>
    d.items.map((i) =>
      i.type === 'group'
        ? `${i.mine ? 'me' : i.author?.name}:${i.bubbles.map((b) => b.id).join()}`
        : i.message.event?.type,
    ),
  )

test('lines of one person within three minutes share a group', () => {
  const lines = [message(1, ann, 0), message(2, ann, 2), message(3, ann, 6), message(4, bob, 6), message(5, me, 6)]
  assert.deepEqual(shape([room('c1', lines)]), [['Ann:m1,m2', 'Ann:m3', 'Bob:m4', 'me:m5']])
})

test('a day begins a new list', () => {
  assert.equal(shape([room('c1', [message(1, ann, 0), message(2, ann, 24 * 60)])]).length, 2)
})

test('conversations follow each other in the order of their ids', () => {
  assert.deepEqual(shape([room('c2', [message(9, ann, 9)]), room('c1', [message(1, bob, 0)])]), [['Bob:m1', 'Ann:m9']])
})

test('a line keeps its id when it is stored, and is drawn once', () => {
  const before = shape([room('c1', [message(1, ann, 0)])], [waiting('k1', 1)])
  const stored = message(2, me, 1, { key: 'k1' })
  const after = shape([room('c1', [message(1, ann, 0), stored])], [waiting('k1', 1)])
  assert.deepEqual(before, [['Ann:m1', 'me:k1']])
  assert.deepEqual(after, before)
})

test('what waits stands at the end, also if this clock is slow', () => {
  assert.deepEqual(shape([room('c1', [message(1, ann, 0)])], [waiting('k1', -24 * 60)]), [['Ann:m1', 'me:k1']])
})

test('notes, erased lines and what is for agents are not drawn', () => {
  const lines = [
    message(1, ann, 0, { kind: 'note' }),
    message(2, ann, 0, { erased: true }),
    message(3, ann, 0, { kind: 'event', event: { type: 'assigned', by: 'a1' } }),
    message(4, ann, 0, { kind: 'event', event: { type: 'joined', by: 'a1' } }),
    message(5, ann, 0, { kind: 'event', event: { type: 'applauded' as 'joined', by: 'a1' } }),
  ]
  assert.deepEqual(shape([room('c1', lines)]), [['joined']])
})

test('unread counts the lines of others above the mark', () => {
  const lines = [message(1, ann, 0), message(2, me, 0), message(3, ann, 0), message(4, ann, 0, { kind: 'event' })]
  assert.equal(unread([room('c1', lines, { visitor: 1, agents: 0 })], 'v1'), 1)
})

test('the last own line shows how far it has come', () => {
  const lines = [message(1, me, 0, { key: 'k1' }), message(2, ann, 0)]
  const at = (agents: number, delivered = 0, kept?: string) =>
    lastOwn([{ ...room('c1', lines, { visitor: 0, agents }), delivered }], 'v1', kept)
  assert.deepEqual(at(0), { id: 'k1', state: 'sent' })
  assert.deepEqual(at(0, 1), { id: 'k1', state: 'delivered' })
  assert.deepEqual(at(0, 0, 'c1 1'), { id: 'k1', state: 'delivered' }, 'an earlier page was told')
  assert.deepEqual(at(0, 0, 'c2 9'), { id: 'k1', state: 'sent' }, 'that was another conversation')
  assert.deepEqual(at(0, 0, 'nonsense'), { id: 'k1', state: 'sent' })
  assert.deepEqual(at(1, 1), { id: 'k1', state: 'read' })
})

test('what is kept of deliveries is the furthest of one conversation', () => {
  const at = (delivered: number) => ({ ...emptyRoom('c1'), delivered })
  assert.equal(delivery(at(0), ''), undefined)
  assert.equal(delivery(at(3), ''), 'c1 3')
  assert.equal(delivery(at(3), 'c1 3'), undefined)
  assert.equal(delivery(at(3), 'c1 2'), 'c1 3')
  assert.equal(delivery(at(3), 'c0 8'), 'c1 3')
})

const inState = (state: string, lines: Message[], rating?: string): Room => ({
  ...emptyRoom('c1'),
  messages: lines,
  row: { state, ...(rating && { rating: { score: 5, at: rating } }) } as unknown as Room['row'] & object,
})

test('one waits from the first own line after the last of anybody else', () => {
  const joined = message(4, ann, 4, { kind: 'event', event: { type: 'joined', by: 'a1' } })
  const lines = [message(1, me, 0), message(2, ann, 1), message(3, me, 2), joined, message(5, me, 5)]
  assert.equal(waitingSince(undefined, 'v1'), undefined)
  assert.equal(waitingSince(inState('open', []), 'v1'), undefined)
  assert.equal(waitingSince(inState('open', lines.slice(0, 1)), 'v1'), at(0))
  assert.equal(waitingSince(inState('open', lines.slice(0, 2)), 'v1'), undefined)
  assert.equal(waitingSince(inState('open', lines), 'v1'), at(2), 'that somebody came is no answer')
  assert.equal(waitingSince(inState('resolved', lines), 'v1'), undefined)
})

test('a chat is rated when it is over, and somebody has answered, until the next line', () => {
  const answered = [message(1, me, 0), message(2, ann, 1)]
  assert.equal(rateable(undefined, 'v1'), false)
  assert.equal(rateable(inState('open', answered), 'v1'), false)
  assert.equal(rateable(inState('resolved', [message(1, me, 0)]), 'v1'), false)
  assert.equal(rateable(inState('resolved', answered), 'v1'), true)
  assert.equal(rateable(inState('resolved', answered, at(2)), 'v1'), true, 'it may still be changed')
  assert.equal(rateable(inState('resolved', [...answered, message(3, me, 3)], at(2)), 'v1'), false)
})

const done: Translation = {
  text: 'hola',
  state: 'done',
  by: { kind: 'engine', name: 'apertium' },
  quality: 'rough',
  flagged: false,
  at: at(0),
}

test('a reader gets his language, and the original beside it', () => {
  const m = message(1, ann, 0, { text: 'hello', translations: { 'es-MX': done } })
  assert.deepEqual(reading(m, 'es-MX'), {
    text: 'hola',
    language: 'es-MX',
    original: { text: 'hello', language: 'en', making: 'rough', entry: 'es-MX', flagged: false },
  })
  assert.equal(reading(m, 'es').text, 'hola', 'an equal language will do')
  assert.equal(reading(m, 'es').original?.entry, 'es-MX', 'a flag names the entry that there is')
  assert.deepEqual(reading(m, 'en-GB'), { text: 'hello', language: 'en' })
  assert.deepEqual(reading(m, 'fr'), { text: 'hello', language: 'en' })
})

test('what a person has approved, corrected or once written is told apart from what an engine made', () => {
  const making = (t: Partial<Translation>) =>
    reading(message(1, ann, 0, { translations: { es: { ...done, ...t } } }), 'es').original?.making
  assert.equal(making({ quality: 'full' }), 'full')
  assert.equal(making({}), 'rough')
  assert.equal(making({ by: { kind: 'memory', name: 'Lucía' } }), 'checked')
  assert.equal(making({ by: { kind: 'agent', name: 'Lucía' } }), 'checked', 'approved with the line itself')
  assert.equal(making({ by: { kind: 'agent', name: 'Lucía' }, at: at(5) }), 'corrected')
})

test('until there is a translation the original stands there', () => {
  const pending = message(1, ann, 0, { text: 'hello', translations: { es: { ...done, text: '', state: 'pending' } } })
  assert.deepEqual(reading(pending, 'es'), { text: 'hello', language: 'en', missing: { state: 'pending' } })
  const entry: Translation = { ...done, text: '', state: 'failed', reason: 'damaged' }
  const failed = message(1, ann, 0, { text: 'hello', translations: { es: entry } })
  const missing = { state: 'failed', reason: 'damaged' }
  assert.deepEqual(reading(failed, 'es'), { text: 'hello', language: 'en', missing })
  const same = message(1, ann, 0, { text: '42', translations: { es: { ...done, text: '', state: 'same' } } })
  assert.equal(reading(same, 'es').missing, undefined)
})

test('that nobody can read the visitor in his own language is told about his newest line only', () => {
  const failed: Translation = { ...done, text: '', state: 'failed', reason: 'no_pair' }
  const own = message(3, me, 2, { language: 'de', translations: { en: failed } })
  assert.deepEqual(unreadable([own], 'v1'), ['de', 'en'])
  assert.equal(unreadable([own, message(4, ann, 3)], 'v1'), undefined)
  const one = message(5, me, 4, { language: 'de', translations: { en: failed, fr: done } })
  assert.equal(unreadable([own, one], 'v1'), undefined, 'somebody can')
  const damaged = message(6, me, 5, { translations: { en: { ...failed, reason: 'damaged' } } })
  assert.equal(unreadable([damaged], 'v1'), undefined)
})

test('a tag is called by what makes a difference', () => {
  const want = {
    'es-MX': 'es',
    'pt-BR': 'pt-BR',
    pt: 'pt-BR',
    'pt-AO': 'pt-PT',
    'zh-TW': 'zh-Hant',
    zh: 'zh-Hans',
    'sr-Latn': 'sr-Latn',
    no: 'nb',
  }
  for (const [tag, plain] of Object.entries(want)) assert.equal(plainTag(tag), plain, tag)
})

test('a language is found by its own name, its name here, and its tag', () => {
  const all = choices('en', ['es-MX'])
  const find = (typed: string) => search(all, typed).map((c) => c.tag)
  assert.ok(find('deut').includes('de'))
  assert.ok(find('germ').includes('de'))
  assert.ok(find('espanol').includes('es'), 'accents do not matter')
  assert.deepEqual(find('ja'), ['ja'])
  assert.deepEqual(find('klingon'), [])
  assert.equal(new Set(all.map((c) => c.tag)).size, all.length)
})
