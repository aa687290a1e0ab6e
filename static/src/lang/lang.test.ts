import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { interfaces } from '../console/app/words'
import type { Catalogue } from '../shared/i18n'
import { translator } from '../shared/i18n'

// Tests run in the module's folder.
const folder = 'static/src/lang'

function read(app: string): Map<string, Catalogue> {
  return new Map(
    readdirSync(`${folder}/${app}`).map((name) => [
      name.replace('.json', ''),
      JSON.parse(readFileSync(`${folder}/${app}/${name}`, 'utf8')) as Catalogue,
    ]),
  )
}

const apps = { widget: read('widget'), console: read('console') }

// Every whole number up to a thousand, and where the rules of French and its sisters have their own word for many.
const numbers = [...Array(1001).keys(), 1_000_000, 2_000_000]

// The browser decides which category it asks for, so it is the browser's rules that a catalogue is held against. "other" is for fractions in
// languages in which no whole number asks for it, and what t() falls back to.
test('every catalogue has the plural categories that Intl asks for, and no others', () => {
  for (const [app, catalogues] of Object.entries(apps))
    for (const [tag, catalogue] of catalogues) {
      const rules = new Intl.PluralRules(tag)
      const asked = [...new Set(['other', ...numbers.map((n) => rules.select(n))])].sort().join(' ')
      for (const [key, text] of Object.entries(catalogue)) {
        if (typeof text === 'string') continue
        assert.equal(Object.keys(text).sort().join(' '), asked, `${app} ${tag}: ${key}`)
      }
    }
})

test('every number is said in every language, in digits or in a word of its own', () => {
  for (const [app, catalogues] of Object.entries(apps))
    for (const [tag, catalogue] of catalogues) {
      const t = translator(tag, catalogue)
      const digits = new Intl.NumberFormat(tag)
      for (const [key, text] of Object.entries(catalogue)) {
        if (typeof text === 'string') continue
        const said = new Set(numbers.map((n) => t(key, { n })))
        assert.equal(said.size, numbers.length, `${app} ${tag}: ${key} says two numbers in the same words`)
        assert.ok(t(key, { n: 7 }).includes(digits.format(7)), `${app} ${tag}: ${key}`)
      }
    }
})

// The console offers just the languages that it has words in. go tool webbuild holds all keys and placeholders as well, but only where it builds.
test('the console has every text in each of its languages, with the same placeholders', () => {
  assert.deepEqual([...apps.console.keys()].sort(), [...interfaces].sort())
  const english = apps.console.get('en') ?? {}
  for (const [tag, catalogue] of apps.console) {
    assert.deepEqual(Object.keys(catalogue).sort(), Object.keys(english).sort(), tag)
    for (const [key, text] of Object.entries(catalogue))
      assert.equal(filled(text), filled(english[key] ?? ''), `${tag}: ${key}`)
  }
})

/** The placeholders of a text, those of all its categories together. */
function filled(text: Catalogue[string]): string {
  const said = typeof text === 'string' ? text : Object.values(text).join(' ')
  return [...new Set(said.match(/\{\w+\}/g))].sort().join(' ')
}
