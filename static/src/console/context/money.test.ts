import assert from 'node:assert/strict'
import { test } from 'node:test'
import { money } from './money'

test('amounts as the agent reads them', () => {
  assert.equal(money(12.5, 'EUR', 'en'), '€12.50')
  assert.equal(money(1250, 'JPY', 'en'), '¥1,250')
  assert.equal(money(12.5, undefined, 'en'), '12.5')
  assert.equal(money(12.5, '<b>', 'en'), '12.5 <b>')
})
