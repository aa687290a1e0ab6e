import assert from 'node:assert/strict'
import { test } from 'node:test'
import { score } from './score'

const best = (query: string, texts: string[]) => [...texts].sort((a, b) => score(query, b) - score(query, a))[0]

test('accents and case do not matter', () => {
  assert.ok(score('lucia fer', 'Lucía Fernández') > 100)
  assert.ok(score('MÜLLER', 'Jonas Muller') > 100)
})

test('whole words before parts, short before long, parts before scattered letters', () => {
  assert.equal(best('an', ['Jonas Anders', 'Xanadu']), 'Jonas Anders')
  assert.equal(best('visitor 12', ['Visitor 129', 'Visitor 12']), 'Visitor 12')
  assert.equal(best('res', ['Resolve', 'Translate, edit, send']), 'Resolve')
})

test('what does not fit is not found', () => {
  assert.equal(score('xyz', 'Lucía'), 0)
  assert.equal(score('nnn', 'a long line in which each of those stands somewhere, far from the others, in disorder'), 0)
  assert.equal(score('', 'anything'), 1)
})
