import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Canned } from '../../shared/wire.gen'
import { message, row } from '../inbox/fixture'
import {
  cannedDraft,
  cannedHits,
  cannedQuery,
  cannedShown,
  completed,
  filled,
  openIn,
  typedOver,
  valuesOf,
} from './canned'
import type { Draft } from './drafts'

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
const lucia = { name: 'Lucía', order: '', agent: 'Ann' }

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
  const names = (query: string) => cannedHits(replies, query, 'es', 'en', lucia).map((h) => h.name)
  assert.deepEqual(names(''), ['hello', 'order', 'thanks', 'hours'])
  assert.equal(names('thx').length, 0)
  assert.equal(names('tha')[0], 'thanks')
  assert.equal(names('way')[0], 'order')
  assert.equal(names('ho')[0], 'hours')
  const many = Array.from({ length: 50 }, (_, i) => ({ name: `a${i}`, texts: [text('en', 'x')] }))
  assert.equal(cannedHits(many, 'a', 'es', 'en', lucia).length, cannedShown)
})

const hit = (name: string, customer: string, values = lucia) => {
  const found = cannedHits(replies, name, customer, 'en', values).find((h) => h.name === name)
  assert.ok(found)
  return found
}

test('an approved text goes to the customer as it stands, a draft does not', () => {
  assert.deepEqual(cannedDraft(hit('hello', 'es-MX'), 'es-MX', 'en'), {
    language: undefined,
    reviewed: { of: 'Hello Lucía, this is Ann.', language: 'es-MX', text: 'Hola Lucía, le atiende Ann.', canned: true },
    template: undefined,
  })
  assert.equal(hit('thanks', 'es').approved, undefined)
  assert.equal(hit('hello', 'en').approved, undefined)
  assert.equal(hit('order', 'es', { ...lucia, order: '4711' }).approved, 'El pedido 4711 va de camino.')
})

test('what the agent writes in the place of a variable goes into both texts', () => {
  const draft = cannedDraft(hit('order', 'es'), 'es', 'en')
  const template = { own: 'Order {order} is on its way.', theirs: 'El pedido {order} va de camino.', language: 'es' }
  assert.deepEqual(draft, { language: undefined, reviewed: undefined, template })
  assert.deepEqual(openIn(template.own), ['{order}'])
  assert.equal(completed(template, template.own), undefined, 'still open')
  assert.equal(completed(template, ' Order #47/11 is on its way. '), 'El pedido #47/11 va de camino.')
  assert.equal(completed(template, 'Order 4711 is on its way!'), undefined, 'another text')
  const twice = { own: '{order}, yes {order} ($1)?', theirs: '¿{order} ($&)?', language: 'es' }
  assert.equal(completed(twice, 'A-1, yes A-1 ($1)?'), '¿A-1 ($&)?')
  assert.equal(completed(twice, 'A-1, yes A-2 ($1)?'), undefined)
  const at = (text: string, before: Partial<Draft> = draft) => typedOver({ text: '', note: false, ...before }, text)
  const whole = at('Order 7 is on its way.')
  assert.deepEqual(whole.reviewed, {
    of: 'Order 7 is on its way.',
    language: 'es',
    text: 'El pedido 7 va de camino.',
    canned: true,
  })
  assert.equal(at('Order 7 is late.', { ...draft, ...whole }).reviewed, undefined)
  assert.deepEqual(at('/or', { ...draft, ...whole }), { text: '/or', reviewed: undefined, template: undefined })
  const own = { of: 'x', language: 'es', text: 'y' }
  assert.deepEqual(at('Order 7 is late.', { ...draft, reviewed: own }), { text: 'Order 7 is late.' })
})

test('a reply in none of the agent’s languages is sent in its own', () => {
  const change = cannedDraft(hit('hours', 'fr'), 'fr', 'en')
  assert.deepEqual(change, { language: 'fr', reviewed: undefined, template: undefined })
})

test('who has no name is not addressed by one', () => {
  const nobody = { ...lucia, name: '' }
  assert.equal(filled('Hello {name}, how are you?', nobody), 'Hello, how are you?')
  assert.equal(filled('Thanks, {name}!', nobody), 'Thanks!')
  assert.equal(filled('{name}: {agent} {order}', { name: 'Bo $& x', order: '', agent: 'A' }), 'Bo $& x: A {order}')
})

test('the order is what the shop says, else what the customer has named last', () => {
  const emma = { id: 'e', kind: 'agent', name: 'Emma', language: 'en', online: true } as const
  const talk = (attributes: Record<string, string>) => row('Bo', { visitor: { ...row('Bo').visitor, attributes } })
  const lines = [
    message(1, { text: 'Where is #4711?' }),
    message(2, { text: 'Sorry, I mean DE-2291-X, for 39,90 €' }),
    message(3, { text: 'It is #9, is it?', author: emma }),
    message(4, { text: '3 cups' }),
  ]
  assert.deepEqual(valuesOf(talk({}), lines, 'Ann'), { name: 'Bo', order: 'DE-2291-X', agent: 'Ann' })
  for (const name of ['order', 'order_id', 'Order-Number', 'orderId', 'last_order'])
    assert.equal(valuesOf(talk({ tier: 'gold', [name]: 'A1' }), lines, 'Ann').order, 'A1', name)
  assert.equal(valuesOf(talk({ order: '' }), [], 'Ann').order, '')
  const nobody = row('x', { visitor: { ...row('x').visitor, id: 'v-01ab', name: 'Visitor 01ab' } })
  assert.equal(valuesOf(nobody, [], 'Ann').name, '', 'the server’s word for him')
})
