import assert from 'node:assert/strict'
import { test } from 'node:test'
import { risks } from './risks'
import { sayings } from './sayings'

const of = (text: string, from = 'en', to = 'es') => risks(text, from, to).map((r) => `${r.kind} ${r.text}`)

test('a saying is found as whole words, whatever its case, its blanks and its apostrophe', () => {
  assert.deepEqual(of('Bear  with me, it is a Piece of cake.'), ['saying Bear  with me', 'saying a Piece of cake'])
  assert.deepEqual(of('C’est un jeu d’enfant', 'fr-CA', 'en'), ['saying un jeu d’enfant'])
  assert.deepEqual(of('We sell steals and unbearable withmes'), [])
  assert.deepEqual(of('mola', 'en', 'es'), [], 'that is Spanish slang')
  assert.deepEqual(of('a tope', 'ja', 'en'), [], 'a language that we have no list of')
})

test('every saying is found in itself, and is written as it is looked for', () => {
  for (const [language, list] of Object.entries(sayings)) {
    assert.equal(new Set(list).size, list.length, language)
    for (const saying of list) {
      assert.equal(saying, saying.toLowerCase().normalize('NFC'), saying)
      assert.deepEqual(of(`– ${saying}!`, language, 'xx'), [`saying ${saying}`])
    }
  }
})

test('a date whose month may be its day', () => {
  assert.deepEqual(of('It comes on 12/11/2026.'), ['date 12/11/2026'])
  assert.deepEqual(of('12.11.26 or 3-4-2026', 'de', 'en-US'), ['date 12.11.26', 'date 3-4-2026'])
  for (const clear of ['25/12/2026', '12/25/2026', '11/11/2026', '2026-11-12', '12/11', '1/12/11/2026', 'v1.2.2026.4'])
    assert.deepEqual(of(clear), [], clear)
  assert.deepEqual(of('12/11/2026', 'de', 'es'), [], 'both read the day first')
})

test('a number whose sign means something else on the other side', () => {
  assert.deepEqual(of('That makes 1,500 and not 2.250.', 'en', 'de'), ['number 1,500', 'number 2.250'])
  assert.deepEqual(of('Das macht 1.500', 'de', 'en'), ['number 1.500'])
  assert.deepEqual(of('1,500', 'en', 'ja'), [], 'the same there')
  assert.deepEqual(of('1,500', 'en-US', 'en-GB'), [])
  for (const clear of ['1,5', '1.50', '1,234,567', 'A-1,500x', '192.168.1.100', '15,000.50', '1500'])
    assert.deepEqual(of(clear, 'en', 'de'), [], clear)
})

test('a tag that nobody can read has nothing to say, and there is an end to it', () => {
  assert.deepEqual(risks('1,500 and 12/11/2026', 'x!', '!'), [])
  assert.equal(risks('asap btw fyi tbh afaik gotcha', 'en', 'es').length, 4)
})
