import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Catalogue } from '../shared/i18n'
import { translator } from '../shared/i18n'

// Tests run in the module's folder.
const folder = 'static/src/lang/widget'
const catalogues = new Map(
  readdirSync(folder).map((name) => [
    name.replace('.json', ''),
    JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) as Catalogue,
  ]),
)

// Every whole number up to a thousand, and where the rules of French and its sisters have their own word for many.
const numbers = [...Array(1001).keys(), 1_000_000, 2_000_000]

// The browser decides which category it asks for, so it is the browser's rules that a catalogue is held against. "other" is for fractions in
// languages in which no whole number asks for it, and what t() falls back to.
test('every catalogue has the plural categories that Intl asks for, and no others', () => {
  for (const [tag, catalogue] of catalogues) {
    const rules = new Intl.PluralRules(tag)
    const asked = [...new Set(['other', ...numbers.map((n) => rules.select(n))])].sort().join(' ')
    for (const [key, text] of Object.entries(catalogue)) {
      if (typeof text === 'string') continue
      assert.equal(Object.keys(text).sort().join(' '), asked, `${tag}: ${key}`)
    }
  }
})

test('every number is said in every language, in digits or in a word of its own', () => {
  for (const [tag, catalogue] of catalogues) {
    const t = translator(tag, catalogue)
    const digits = new Intl.NumberFormat(tag)
    for (const [key, text] of Object.entries(catalogue)) {
      if (typeof text === 'string') continue
      const said = new Set(numbers.map((n) => t(key, { n })))
      assert.equal(said.size, numbers.length, `${tag}: ${key} says two numbers in the same words`)
      assert.ok(t(key, { n: 7 }).includes(digits.format(7)), `${tag}: ${key}`)
    }
  }
})
