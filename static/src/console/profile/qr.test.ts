import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { path, qr } from './qr'

/** Rows of a code as text, for a hash. What these codes say was read back by another program. */
function drawn(text: string): string {
  const grid = qr(text) ?? []
  const rows = grid.map((row) => row.map((dark) => (dark ? '1' : '0')).join('')).join('\n')
  return `${grid.length} ${createHash('sha256').update(rows).digest('hex').slice(0, 16)}`
}

test('codes are as they were when another program read them', () => {
  const address =
    'otpauth://totp/Dragoman%20chat.shop.example:ana@shop.example?issuer=Dragoman%20chat.shop.example&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
  assert.equal(drawn('HELLO'), '21 b664c5ebcc2451fb')
  assert.equal(drawn(address), '49 fee4ef0b88d7a0d7')
  assert.equal(drawn('a'.repeat(409)), '77 e06df9b463fcae49')
})

test('a text that is too long has no code', () => {
  assert.equal(qr('x'.repeat(500)), undefined)
})

test('a path has one square for each dark module', () => {
  assert.equal(
    path([
      [true, false],
      [false, true],
    ]),
    'M0 0h1v1h-1zM1 1h1v1h-1z',
  )
})
