import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawn } from './qr'

const address =
  'otpauth://totp/Dragoman%20chat.shop.example:ana@shop.example?issuer=Dragoman%20chat.shop.example&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'

test('a code stands in a box with room around it', () => {
  const { box, path } = drawn(address)
  const [left, top, width, height] = box.split(' ').map(Number)
  assert.deepEqual([left, top], [-4, -4])
  assert.equal(width, height)
  const places = [...path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)].map((m) => [Number(m[1]), Number(m[2])])
  assert.equal(places.map(([x, y]) => `M${x} ${y}h1v1h-1z`).join(''), path)
  const size = Number(width) - 8
  const dark = new Set(places.map(([x, y]) => `${x} ${y}`))
  assert.ok(places.every(([x, y]) => Number(x) < size && Number(y) < size))
  // The three large squares by which a reader finds it: dark, light, dark from their corner.
  for (const [x, y] of [
    [0, 0],
    [size - 7, 0],
    [0, size - 7],
  ] as const)
    assert.deepEqual(
      [0, 1, 2].map((n) => dark.has(`${x + n} ${y + n}`)),
      [true, false, true],
    )
})

test('the longest address that the server makes has a code', () => {
  const longest = `otpauth://totp/${'h'.repeat(253)}:${'%40'.repeat(84)}?issuer=${'h'.repeat(253)}&secret=${'A'.repeat(32)}`
  assert.ok(drawn(longest).path.length > 1000)
})
