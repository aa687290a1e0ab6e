import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guessTerm } from './term-guess'

test('the word that was put right, and the one in its place in the original', () => {
  for (const [original, before, after, want] of [
    ['Quiero una taza azul', 'I want a mug blue', 'I want a cup blue', { source: 'taza', target: 'cup' }],
    ['¿Dónde está mi pedido?', 'Where is my request?', 'Where is my order?', { source: 'pedido', target: 'order' }],
    [
      'Wo ist mein Becherl?',
      'Where is my Becherl?',
      'Where is my little cup?',
      { source: 'Becherl', target: 'little cup' },
    ],
    ['Taza rota', 'Broken mug', 'Broken cup', { source: 'rota', target: 'cup' }],
    ['Hola', 'Hi', 'Good day', { source: 'Hola', target: 'Good day' }],
  ] as const)
    assert.deepEqual(guessTerm(original, before, after), want, original)
})

test('another sentence is no term, nor is what only went', () => {
  assert.equal(guessTerm('uno dos tres', 'a b c d e', 'f g h i j'), undefined)
  assert.equal(guessTerm('uno dos', 'one two', 'one'), undefined)
  assert.equal(guessTerm('uno', 'one', 'one'), undefined)
  assert.equal(guessTerm('!', 'one', 'two'), undefined)
  assert.equal(guessTerm('uno', '', 'one'), undefined, 'nothing stood there')
})
