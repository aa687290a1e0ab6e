import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entities, orderIn, tokensOf } from './entities'

function read(text: string): string[] {
  return entities(text).map(({ kind, from, to }) => `${kind} ${text.slice(from, to)}`)
}

test('what has to survive is found, as what it is', () => {
  assert.deepEqual(read('Parcel #4711, see https://shop.example/a?b=1.'), [
    'order #4711',
    'link https://shop.example/a?b=1',
  ])
  assert.deepEqual(read('Write to ana.b+c@shop.example!'), ['mail ana.b+c@shop.example'])
  assert.deepEqual(read('DE-2291-X costs €39.90, or 39,90 €, or USD 12; 3 cups on 12/11/2026'), [
    'order DE-2291-X',
    'price €39.90',
    'price 39,90 €',
    'price USD 12',
    'number 3',
    'number 12/11/2026',
  ])
  assert.deepEqual(read('أين طلبي DE-2291-X؟ دفعت ٤٧ درهم'), ['order DE-2291-X', 'number ٤٧'])
  assert.deepEqual(read('the 2nd by 3pm, a dollar, EUROPE 5'), ['number 2nd', 'number 3pm', 'number 5'])
  assert.deepEqual(read('no numbers, no links'), [])
  assert.deepEqual(read('すみません、注文4711の返金と、DE-77を2個。'), ['number 4711', 'order DE-77', 'number 2'])
  for (const [text, number] of [
    ['ราคา ๔๗ บาท', '๔๗'],
    ['ລາຄາ ໔໗໐໐ກີບ', '໔໗໐໐'],
    ['តម្លៃ៤៧ដុល្លារ', '៤៧'],
    ['ဈေးနှုန်း ၄၇ ကျပ်', '၄၇'],
  ] as const)
    assert.deepEqual(read(text), [`number ${number}`])
  assert.deepEqual(read('二〇二六年'), [], 'a date in words')
  assert.deepEqual(read('订单#4711，价格39.90元；주문 4711번을'), ['order #4711', 'number 39.90', 'number 4711'])
})

test('tokens are the entities without what makes them prices', () => {
  assert.deepEqual(tokensOf('#4711 for €39.90 (x@y.de)'), ['#4711', '39.90', 'x@y.de'])
})

test('the number of an order: marked, else a code, else long; the last of the best', () => {
  for (const [text, want] of [
    ['where is #4711 of order 482913', '#4711'],
    ['#1 and then #2', '#2'],
    ['my order is DE-2291-X since 20.11.', 'DE-2291-X'],
    ['order 482913 please', '482913'],
    ['it cost 48291 €', undefined],
    ['2 cups on 12/11/2026 by 3pm', undefined],
    ['https://shop.example/orders/482913', undefined],
  ] as const)
    assert.equal(orderIn(text), want, text)
})
