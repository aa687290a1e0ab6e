import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Canned, CannedState } from '../../shared/wire.gen'
import { cannedName, changedTexts, columnsOf, findReplies, putIn, sourceFor, wanting } from './texts'

function reply(name: string, texts: Record<string, [string, CannedState]>): Canned {
  return {
    name,
    texts: Object.entries(texts).map(([language, [text, state]]) => ({ language, text, state, by: 'Ann', at: '' })),
  }
}

const thanks = reply('thanks', { de: ['Danke', 'draft'], en: ['Thank you', 'approved'] })
const hours = reply('hours-2', { en: ['We are open', 'approved'] })
const ten = reply('hours-10', { en: ['We open at ten', 'approved'], de: ['Wir öffnen um zehn', 'approved'] })
const all = [thanks, ten, hours]

const row = (language: string, site = 'demo') => ({ site, language })

test('columns: the site, what is written, what customers speak, what was added', () => {
  const rows = [row('es-MX'), row('es'), row('fr'), row('ja', 'other'), row('und'), row('en-GB')]
  assert.deepEqual(columnsOf(all, 'en', rows, 'demo', ['it', 'fr']), ['en', 'de', 'es', 'fr', 'it'])
  assert.deepEqual(columnsOf([], 'de', [], 'demo', []), ['de'])
})

test('the site has the column under whose tag its texts stand', () => {
  const one = reply('a', { 'pt-BR': ['Olá', 'draft'] })
  assert.deepEqual(columnsOf([one], 'pt', [row('pt-BR')], 'demo', []), ['pt-BR'])
})

test('only the most frequent languages of customers get a column of their own accord', () => {
  const rows = ['es', 'fr', 'it', 'ja', 'ko', 'fr'].map((l) => row(l))
  assert.deepEqual(columnsOf([], 'en', rows, 'demo', []), ['en', 'fr', 'es', 'it', 'ja'])
})

test('what is missing, and what is a draft', () => {
  assert.deepEqual(wanting(all, ['en', 'de']), { all: 3, missing: 1, draft: 1 })
  assert.deepEqual(wanting(all, ['en']), { all: 3, missing: 0, draft: 1 })
  const names = (what: 'all' | 'missing' | 'draft', typed = '') =>
    findReplies(all, typed, what, ['en', 'de'], 'en').map((one) => one.name)
  assert.deepEqual(names('all'), ['hours-2', 'hours-10', 'thanks'], 'numbers in names count as numbers')
  assert.deepEqual(names('missing'), ['hours-2'])
  assert.deepEqual(names('draft'), ['thanks'])
  assert.deepEqual(names('all', '/hours'), ['hours-2', 'hours-10'])
  assert.deepEqual(names('all', 'ÖFFNEN'), ['hours-10'])
})

test('a text is compared with the approved one, the site’s own first', () => {
  assert.equal(sourceFor(thanks, 'de', 'en')?.text, 'Thank you')
  assert.equal(sourceFor(thanks, 'en', 'en')?.text, 'Danke', 'a draft is better than nothing')
  assert.equal(sourceFor(ten, 'fr', 'de')?.text, 'Wir öffnen um zehn')
  assert.equal(sourceFor(hours, 'en-GB', 'en'), undefined)
})

test('short names as the server has them', () => {
  assert.equal(cannedName(' /Thanks_2 '), 'thanks_2')
  assert.equal(cannedName('über-uns'), 'über-uns')
  for (const bad of ['', '/', 'two words', '-x', 'a/b', 'x'.repeat(41)]) assert.equal(cannedName(bad), undefined, bad)
})

test('a variable goes where the caret stands, in the place of what is chosen', () => {
  assert.deepEqual(putIn('Hi there', 3, 8, '{name}'), { text: 'Hi {name}', caret: 9 })
  assert.deepEqual(putIn('', 0, 0, '{order}'), { text: '{order}', caret: 7 })
})

test('what has changed of a reply are the texts that were written since, and those that are gone', () => {
  const was = reply('a', { de: ['Danke', 'draft'], en: ['Thanks', 'approved'], fr: ['Merci', 'draft'] })
  const now = reply('a', { de: ['Danke', 'approved'], en: ['Thanks', 'approved'], es: ['Gracias', 'draft'] })
  for (const text of now.texts) if (text.language !== 'en') text.at = '2'
  assert.deepEqual(changedTexts(was, now), [
    { language: 'de', text: 'Danke' },
    { language: 'es', text: 'Gracias' },
    { language: 'fr', text: undefined },
  ])
  assert.deepEqual(changedTexts(was, was), [])
})
