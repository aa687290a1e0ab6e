import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contrast, inkOn, lighten, mix, until } from './color'

test('contrast as WCAG counts it', () => {
  assert.equal(Math.round(contrast('#000000', '#ffffff')), 21)
  assert.equal(contrast('#767676', '#ffffff').toFixed(2), '4.54')
})

test('whatever colour a shop chooses, what stands on it can be read', () => {
  for (const color of [
    '#000000',
    '#ffffff',
    '#ffff00',
    '#0b6e5f',
    '#ff0000',
    '#808080',
    '#7f7f00',
    '#0000ff',
    '#ff69b4',
  ]) {
    assert.ok(contrast(color, inkOn(color)) >= 4.5, `ink on ${color}`)
    const bright = lighten(color)
    assert.ok(contrast(bright, '#151a19') >= 4.5, `${color} in the dark`)
    assert.ok(contrast(bright, inkOn(bright)) >= 4.5, `ink on ${bright}`)
    const soft = mix(color, '#ffffff', 0.88)
    assert.ok(contrast(until(color, '#000000', soft, 4.6), soft) >= 4.5, `${color} as text`)
  }
})
