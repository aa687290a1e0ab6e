import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { raised, tagFor } from '../loader/pick'
import { nearest, plainTag } from './tags'

// Tests run in the module's folder. The server holds the same table (widget/catalogue_test.go).
const table = JSON.parse(readFileSync('widget/testdata/matching.json', 'utf8')) as Record<string, string>
const all = readdirSync('static/src/lang/widget').map((name) => name.replace('.json', ''))

test('every wish gets the catalogue that the server gives it', () => {
  for (const [tag, want] of Object.entries(table)) assert.equal(nearest(tag, all, ''), want, tag)
  for (const tag of all) assert.equal(nearest(tag, all), tag)
})

test('the nearest of a few catalogues', () => {
  const have = ['ar', 'de', 'en', 'es', 'fr', 'pt-BR']
  assert.equal(nearest('es-MX', have), 'es')
  assert.equal(nearest('pt', have), 'pt-BR')
  assert.equal(nearest('pt-PT', have), 'pt-BR')
  assert.equal(nearest('ja', have), 'en')
  assert.equal(nearest('ja', have, 'de'), 'de')
  assert.equal(nearest('no tag', have, 'de'), 'de')
})

test('the first of the wishes that there is a label for', () => {
  const labels = { de: 'Chat', 'zh-Hant': '聊天' }
  assert.equal(tagFor(labels, ['fr', 'zh-HK', 'de']), 'zh-Hant')
  assert.equal(tagFor(labels, ['', 'x', 'fr']), undefined)
})

test('labels as they stand in the loader are read back', () => {
  assert.equal(raised('А@A B'), 'АБ В')
  assert.equal(raised('ا@AC'), 'ابت')
  for (const label of ['Chat with us', 'Écrivez-nous', '联系我们', '채팅으로 문의하기', ''])
    assert.equal(raised(label), label)
})

test('a tag without what makes no difference for a translation', () => {
  assert.equal(plainTag('es-MX'), 'es')
  assert.equal(plainTag('zh-TW'), 'zh-Hant')
  assert.equal(plainTag('no'), 'nb')
})
