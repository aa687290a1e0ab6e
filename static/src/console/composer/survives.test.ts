import assert from 'node:assert/strict'
import { test } from 'node:test'
import { missing } from './survives'

test('what was left out is named as it stands in the original', () => {
  assert.deepEqual(missing('Parcel #4711, see https://shop.example/a?b=1.', 'El paquete'), [
    '#4711',
    'https://shop.example/a?b=1',
  ])
  assert.deepEqual(missing('Write to ana.b+c@shop.example!', 'Escriba a ana@shop.example'), ['ana.b+c@shop.example'])
  assert.deepEqual(missing('Order DE-2291-X for €39.90', 'Pedido DE-2292-X por 39,90 €'), ['DE-2291-X'])
})

test('a number in the digits of a script without blanks between words is missed as well', () => {
  for (const source of ['ราคา ๔๗ บาท', 'ລາຄາ ໔໗ ກີບ', 'តម្លៃ៤៧ដុល្លារ', 'ဈေးနှုန်း ၄၇ ကျပ်']) {
    assert.equal(missing(source, 'It costs nothing').length, 1, source)
    assert.deepEqual(missing(source, 'It costs 47'), [], source)
  }
})

test('what is there is not asked for', () => {
  assert.deepEqual(missing('Your parcel #4711 arrives (tomorrow).', 'Su paquete #4711 llega mañana.'), [])
  assert.deepEqual(missing('No numbers here', 'Nada'), [])
  assert.deepEqual(missing('de-2291-x', 'DE-2291-X'), [])
})

test('one number may be written in two ways', () => {
  for (const [source, target] of [
    ['1,500 cups', '1.500 tazas'],
    ['1,500 cups', '1 500 tasses'],
    ['€39.90', '39,90 €'],
    ['4711', '٤٧١١'],
    ['12/11/2026', '12.11.2026'],
    ['2-day delivery by 3pm', 'entrega en 2 días antes de las 3'],
    ['Parcel #4711', 'Paquete nº 4711'],
  ] as const)
    assert.deepEqual(missing(source, target), [], `${source} > ${target}`)
  assert.deepEqual(missing('1,500 cups', '150 tazas'), ['1,500'])
})

test('what stands twice must stand twice', () => {
  assert.deepEqual(missing('2 and 2', '2 y dos'), ['2'])
  assert.deepEqual(missing('#1 and #2', '#2 y #1'), [])
})
