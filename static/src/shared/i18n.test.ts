import assert from 'node:assert/strict'
import { test } from 'node:test'
import { direction, duration, languageName, sameLanguage, translator } from './i18n'
import { ownName } from './own_names'
import { dayName } from './time'

test('fills in values and picks the plural category of the language', () => {
  const en = translator('en', { hello: 'Hello {name}', n: { one: '{n} message', other: '{n} messages' } })
  assert.equal(en('hello', { name: 'Ana' }), 'Hello Ana')
  assert.equal(en('n', { n: 1 }), '1 message')
  assert.equal(en('n', { n: 1200 }), '1,200 messages')
  const ar = translator('ar-EG', {
    n: { zero: '0', one: 'واحدة', two: 'اثنتان', few: '{n} رسائل', many: '{n} رسالة', other: '{n} رسالة' },
  })
  assert.equal(ar('n', { n: 2 }), 'اثنتان')
  assert.equal(ar('n', { n: 3 }), '٣ رسائل')
})

test('a value is put in as it is, also if it looks like a placeholder or a pattern', () => {
  const t = translator('en', { a: '{x} and {y}' })
  assert.equal(t('a', { x: '{y}', y: '$&' }), '{y} and $&')
})

test('from right to left a text that is put in stands apart, and a number is a number', () => {
  const t = translator('ar', { a: '{name}: {n}' })
  assert.equal(t('a', { name: 'Greta', n: 5 }), '\u2068Greta\u2069: 5')
})

test('a missing key or value shows itself', () => {
  const t = translator('en', { a: 'Hi {name}' })
  assert.equal(t('b'), 'b')
  assert.equal(t('a'), 'Hi {name}')
})

test('names of languages', () => {
  assert.equal(languageName('de', 'en'), 'German')
  assert.equal(languageName('de', 'fr'), 'allemand')
  assert.equal(ownName('es'), 'Español')
  assert.equal(ownName('eu'), 'Euskara')
  assert.equal(languageName('not a tag', 'en'), 'not a tag')
})

test('direction', () => {
  for (const tag of ['ar', 'ar-EG', 'he', 'fa', 'ur-PK', 'uz-Arab']) assert.equal(direction(tag), 'rtl', tag)
  for (const tag of ['en', 'de', 'zh-Hans', 'az', 'ku-Latn']) assert.equal(direction(tag), 'ltr', tag)
})

test('equal languages', () => {
  assert.equal(sameLanguage('pt-BR', 'pt-PT'), true)
  assert.equal(sameLanguage('zh-Hans', 'zh-Hant'), false)
  assert.equal(sameLanguage('zh-TW', 'zh-Hant'), true)
  assert.equal(sameLanguage('nb', 'no'), true)
  assert.equal(sameLanguage('nb-NO', 'no'), true)
  assert.equal(sameLanguage('cmn', 'zh'), true)
  assert.equal(sameLanguage('cmn-Hant', 'zh'), false)
  assert.equal(sameLanguage('da', 'no'), false)
  for (const other of ['und', 'en', 'de', '']) assert.equal(sameLanguage('und', other), false, other)
  assert.equal(sameLanguage('und-Latn', 'en'), false)
})

test('names of days', () => {
  const now = new Date(2026, 10, 22, 0, 5)
  assert.equal(dayName(new Date(2026, 10, 22, 0, 1).toISOString(), 'en', now), 'Today')
  assert.equal(dayName(new Date(2026, 10, 21, 23, 59).toISOString(), 'de', now), 'Gestern')
  assert.equal(dayName(new Date(2026, 10, 3, 12).toISOString(), 'en', now), 'Tuesday, November 3')
  assert.match(dayName(new Date(2025, 10, 3, 12).toISOString(), 'en', now), /2025/)
})

test('what still takes a while is said in the words of the language', () => {
  assert.equal(duration(0, 'en'), '1 second')
  assert.equal(duration(11_001, 'en'), '12 seconds')
  assert.equal(duration(12_000, 'de'), '12 Sekunden')
  assert.equal(duration(100_000, 'es'), '2 minutos')
  assert.match(duration(12_000, 'ar'), /ثانية/)
})
