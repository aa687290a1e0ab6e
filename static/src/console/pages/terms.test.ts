import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Term } from '../../shared/wire.gen'
import { findTerms, languagesOf, newTerm, rival } from './terms'

const term = (id: string, source: string, target: string, from = 'en', to = 'es'): Term => ({
  id,
  site: 'demo',
  from,
  to,
  source,
  target,
  case_sensitive: false,
  at: '',
})

const cup = term('1', 'cup', 'taza')
const name = term('2', 'Blue Note', '', 'und', 'und')
const ten = term('3', 'cup 10', 'Tasse 10', 'en', 'de')
const two = term('4', 'cup 2', 'Tasse 2', 'en', 'de')
const all = [ten, cup, two, name]
const ids = (terms: Term[]) => terms.map((t) => t.id).join('')

test('terms are found by either word, for one language or all, in the order of their words', () => {
  assert.equal(ids(findTerms(all, '', '', 'en')), '2143')
  assert.equal(ids(findTerms(all, ' TAZA ', '', 'en')), '1')
  assert.equal(ids(findTerms(all, 'cup', 'de', 'en')), '43')
  assert.equal(ids(findTerms(all, 'nothing', '', 'en')), '')
})

test('the languages that terms are for', () => {
  assert.deepEqual(languagesOf(all).sort(), ['de', 'en', 'es'])
})

test('a word has one term for the same languages', () => {
  const fields = { ...newTerm, from: 'en', to: 'es', source: ' cup ' }
  assert.equal(rival(all, fields, undefined)?.id, '1')
  assert.equal(rival(all, fields, '1'), undefined, 'a term is no rival of itself')
  assert.equal(rival(all, { ...fields, source: 'Cup' }, undefined), undefined, 'letters count as they are written')
  assert.equal(rival(all, { ...fields, to: 'de' }, undefined), undefined)
  assert.equal(rival(all, newTerm, undefined), undefined, 'nothing is typed yet')
})
