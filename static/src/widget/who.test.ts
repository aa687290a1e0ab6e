import assert from 'node:assert/strict'
import { test } from 'node:test'
import { languageOf } from './who'

test('a language that a page names is a tag, also as other systems write it, or is left out with a word', () => {
  const warned: string[] = []
  const of = (said: string) => languageOf(said, (sentence) => warned.push(sentence))
  for (const [said, tag] of Object.entries({ de: 'de', de_DE: 'de-DE', zh_Hant_TW: 'zh-Hant-TW', 'pt-BR': 'pt-BR' }))
    assert.equal(of(said), tag)
  assert.deepEqual(warned, [])
  const bad = ['', 'undefined', 'Deutsch, bitte', 'und', '<b>', `de-${'x'.repeat(40)}`, `en-x-${'a-'.repeat(20)}b`]
  for (const said of bad) assert.equal(of(said), undefined, said)
  assert.equal(warned.length, bad.length)
})
