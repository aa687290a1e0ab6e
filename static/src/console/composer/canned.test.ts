import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Canned, Conversation } from '../../shared/wire.gen'
import { cannedDraft, cannedHits, cannedQuery, cannedShown, filled } from './canned'

const at = '2026-11-22T10:00:00Z'
const text = (language: string, said: string, approved = true) =>
  ({ language, text: said, state: approved ? 'approved' : 'draft', by: 'Ann', at }) as const
const replies: Canned[] = [
  {
    name: 'hello',
    texts: [text('en', 'Hello {name}, this is {agent}.'), text('es', 'Hola {name}, le atiende {agent}.')],
  },
  { name: 'order', texts: [text('en', 'Order {order} is on its way.'), text('es', 'El pedido {order} va de camino.')] },
  { name: 'thanks', texts: [text('en', 'Thank you!'), text('es', '¡Gracias!', false)] },
  { name: 'hours', texts: [text('fr', 'Ouvert de 9 à 18 h.')] },
]
const talk = (language: string, name = 'Lucía', attributes: Record<string, string> = {}) =>
  ({ id: 'c', site: 'shop', language, visitor: { name, attributes } }) as unknown as Conversation

test('a slash at the beginning asks for a reply, and nothing else does', () => {
  for (const [typed, want] of [
    ['/', ''],
    ['/th', 'th'],
    ['/grüße', 'grüße'],
    ['', undefined],
    ['th', undefined],
    ['a /th', undefined],
    ['/th x', undefined],
    ['/th\n', undefined],
    ['//', undefined],
    ['1/2', undefined],
  ] as const)
    assert.equal(cannedQuery(typed), want, typed)
})

test('replies are found by name before text, and the list is short', () => {
  const names = (query: string) => cannedHits(replies, query, talk('es'), 'en', 'Ann').map((h) => h.name)
  assert.deepEqual(names(''), ['hello', 'order', 'thanks', 'hours'])
  assert.equal(names('thx').length, 0)
  assert.equal(names('tha')[0], 'thanks')
  assert.equal(names('way')[0], 'order')
  assert.equal(names('ho')[0], 'hours')
  const many = Array.from({ length: 50 }, (_, i) => ({ name: `a${i}`, texts: [text('en', 'x')] }))
  assert.equal(cannedHits(many, 'a', talk('es'), 'en', 'Ann').length, cannedShown)
})

test('an approved text goes to the customer as it stands, a draft does not', () => {
  const hit = (name: string, row: Conversation) =>
    cannedHits(replies, name, row, 'en', 'Ann').find((h) => h.name === name)
  const hello = hit('hello', talk('es-MX'))
  assert.ok(hello)
  assert.deepEqual(cannedDraft(hello, talk('es-MX'), 'en'), {
    text: 'Hello Lucía, this is Ann.',
    language: undefined,
    reviewed: { of: 'Hello Lucía, this is Ann.', language: 'es-MX', text: 'Hola Lucía, le atiende Ann.', canned: true },
  })
  assert.equal(hit('thanks', talk('es'))?.approved, undefined)
  assert.equal(hit('hello', talk('en'))?.approved, undefined)
  assert.equal(hit('order', talk('es'))?.approved, undefined, 'the order is not known')
  assert.equal(hit('order', talk('es', 'L', { order: '4711' }))?.approved, 'El pedido 4711 va de camino.')
})

test('a reply in none of the agent’s languages is sent in its own', () => {
  const hours = cannedHits(replies, 'hours', talk('fr'), 'en', 'Ann')[0]
  assert.ok(hours)
  assert.deepEqual(cannedDraft(hours, talk('fr'), 'en'), {
    text: 'Ouvert de 9 à 18 h.',
    language: 'fr',
    reviewed: undefined,
  })
})

test('who has no name is not addressed by one', () => {
  assert.equal(filled('Hello {name}, how are you?', talk('en', ''), 'Ann'), 'Hello, how are you?')
  assert.equal(filled('Thanks, {name}!', talk('en', ''), 'Ann'), 'Thanks!')
  assert.equal(filled('{name}: {agent} {order}', talk('en', 'Bo $& x'), 'A'), 'Bo $& x: A {order}')
})
