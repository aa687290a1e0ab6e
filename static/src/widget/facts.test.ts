import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attributesOf, cartOf, limits } from './facts'
import { identityOf, pageOf } from './who'

/** What a function returns, and how often it has complained. */
function asked<T>(f: (warn: (s: string) => void) => T): { got: T; warned: string[] } {
  const warned: string[] = []
  return { got: f((s) => warned.push(s)), warned }
}

test('an identity is a signature, or a name and an address', () => {
  assert.deepEqual(
    asked((w) => identityOf({ jwt: 'a.b.c', name: 'x' }, w)),
    { got: { jwt: 'a.b.c', about: {} }, warned: [] },
  )
  assert.deepEqual(
    asked((w) => identityOf({ name: 'Ana', email: 'ana@example.com', age: 7 }, w)),
    { got: { about: { name: 'Ana', email: 'ana@example.com' } }, warned: [] },
  )
  assert.deepEqual(asked((w) => identityOf({ name: null, email: null }, w)).got.about, { name: '', email: '' })
  for (const bad of [null, 7, 'Ana', ['Ana'], { jwt: '' }, { jwt: 7 }, { name: 7 }, { email: 'ana' }]) {
    const { got, warned } = asked((w) => identityOf(bad, w))
    assert.deepEqual([got, warned.length], [{ about: {} }, 1], JSON.stringify(bad))
  }
})

test('attributes are texts, numbers, true and false', () => {
  const said = { plan: 'gold', orders: 3, vip: true, gone: null }
  assert.deepEqual(
    asked((w) => attributesOf(said, w)),
    { got: { plan: 'gold', orders: '3', vip: 'true', gone: '' }, warned: [] },
  )
  const long = 'é'.repeat(limits.value)
  const name = '🙂'.repeat(limits.name)
  assert.deepEqual(asked((w) => attributesOf({ [name]: long }, w)).got, { [name]: long })
  for (const bad of [
    7,
    [],
    'x',
    { a: {} },
    { a: [1] },
    { '': 1 },
    { ' ': 1 },
    { [`${name}x`]: 1 },
    { a: `${long}x` },
  ]) {
    const { got, warned } = asked((w) => attributesOf(bad, w))
    assert.deepEqual([got, warned.length], [{}, 1], JSON.stringify(bad))
  }
  const many = Object.fromEntries(Array.from({ length: limits.attributes + 2 }, (_, i) => [`n${i}`, i]))
  assert.equal(Object.keys(asked((w) => attributesOf(many, w)).got).length, limits.attributes)
})

test('a basket has items, and null empties it', () => {
  const cart = { items: [{ name: 'Cup', quantity: 2, price: 12.5 }, { name: 'Tea' }], currency: 'EUR', total: 25 }
  assert.deepEqual(
    asked((w) => cartOf({ ...cart, coupon: 'X' }, w)),
    {
      got: { ...cart, items: [cart.items[0], { name: 'Tea', quantity: 1 }] },
      warned: [],
    },
  )
  assert.deepEqual(asked((w) => cartOf(null, w)).got, { items: [] })
  for (const bad of [7, [], {}, { items: 'x' }]) {
    const { got, warned } = asked((w) => cartOf(bad, w))
    assert.deepEqual([got, warned.length], [undefined, 1], JSON.stringify(bad))
  }
  const items = [
    {},
    null,
    { name: '' },
    { name: 'x'.repeat(limits.itemName + 1) },
    { name: 'x', quantity: 0 },
    { name: 'x', quantity: 1.5 },
    { name: 'x', quantity: limits.quantity + 1 },
    { name: 'x', price: -1 },
    { name: 'x', price: '3' },
    { name: 'x', price: limits.amount * 2 },
  ]
  for (const item of items) {
    const { got, warned } = asked((w) => cartOf({ items: [item] }, w))
    assert.deepEqual([got, warned.length], [{ items: [] }, 1], JSON.stringify(item))
  }
  for (const more of [{ currency: '€' }, { currency: 7 }, { total: -1 }, { total: '25' }, { total: Number.NaN }]) {
    const { got, warned } = asked((w) => cartOf({ items: [], ...more }, w))
    assert.deepEqual([got, warned.length], [{ items: [] }, 1], JSON.stringify(more))
  }
  const long = { name: '😀'.repeat(limits.itemName) }
  const fit = Math.floor(limits.cart / (4 * limits.itemName))
  const full = asked((w) => cartOf({ items: Array.from({ length: fit + 2 }, () => long) }, w))
  assert.equal(full.got?.items.length, fit, 'what would be refused as too long together is left out')
  assert.equal(full.warned.length, 1)
  const many = asked((w) => cartOf({ items: Array.from({ length: limits.items + 1 }, () => ({ name: 'x' })) }, w))
  assert.deepEqual([many.got?.items.length, many.warned.length], [limits.items, 1])
})

test('a page is one of the web', () => {
  assert.deepEqual(asked((w) => pageOf({ url: 'https://shop.example/a' }, w)).got, {
    url: 'https://shop.example/a',
    title: '',
  })
  for (const bad of [7, null, {}, { url: 'javascript:alert(1)' }, { url: `https://x/${'x'.repeat(2000)}` }])
    assert.deepEqual(asked((w) => pageOf(bad, w)).warned.length, 1)
})
