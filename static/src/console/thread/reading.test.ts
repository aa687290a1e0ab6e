import assert from 'node:assert/strict'
import { test } from 'node:test'
import { message, translation } from '../inbox/fixture'
import { customerReads, flaggedBeside, glanceAt, lacking, readingOf, worthRetrying } from './reading'

const emma = { id: 'emma', kind: 'agent' as const, name: 'Emma', language: 'en', online: true }

test('the translation stands first and what was typed beside it', () => {
  const r = readingOf(message(1, { text: 'Hola', translations: { en: translation('Hello') } }), 'en', ['en'])
  assert.deepEqual(r, {
    main: { text: 'Hello', language: 'en' },
    original: { text: 'Hola', language: 'es' },
    state: 'done',
    into: 'en',
    by: { kind: 'engine', name: 'apertium' },
  })
})

test('who reads the language reads what was typed, whatever translations there are', () => {
  const line = message(1, { text: 'Olá', language: 'pt-BR', translations: { en: translation('Hello') } })
  assert.equal(readingOf(line, 'en', ['en', 'pt-PT']).main.text, 'Olá')
  assert.equal(readingOf(line, 'en', ['en', 'pt-PT']).state, 'plain')
})

test('the two scripts of Chinese are two languages', () => {
  const line = message(1, { text: '你好', language: 'zh-Hans', translations: { 'zh-Hant': translation('妳好') } })
  assert.equal(readingOf(line, 'zh-Hant', ['zh-Hant']).main.text, '妳好')
})

test('a list shows what the site reads of a line that is not translated for the agent', () => {
  const line = message(1, { text: 'مرحبا', language: 'ar', translations: { 'en-GB': translation('Hello') } })
  assert.deepEqual(glanceAt(line, 'es', ['es'], 'en'), { text: 'Hello', language: 'en-GB' })
  assert.deepEqual(glanceAt(line, 'es', ['es'], ''), { text: 'مرحبا', language: 'ar' })
  assert.equal(glanceAt(line, 'es', ['es', 'ar'], 'en').text, 'مرحبا', 'who reads what was typed reads that')
  const both = { ...line, translations: { ...line.translations, es: translation('Hola') } }
  assert.equal(glanceAt(both, 'es', ['es'], 'en').text, 'Hola')
  const pending = { ...line, translations: { en: translation('', { state: 'pending' }) } }
  assert.equal(glanceAt(pending, 'es', ['es'], 'en').text, 'مرحبا')
})

test('an unknown language is nobody’s: its translation is read', () => {
  const line = message(1, { text: 'ok', language: 'und', translations: { en: translation('OK') } })
  assert.equal(readingOf(line, 'en', ['en']).main.text, 'OK')
})

test('the original stands while a translation is pending, after it failed, and where none was made', () => {
  const pending = message(1, { translations: { en: translation('', { state: 'pending' }) } })
  assert.equal(readingOf(pending, 'en', ['en']).state, 'pending')
  const failed = readingOf(
    message(1, { translations: { en: translation('', { state: 'failed', reason: 'no_pair' }) } }),
    'en',
    ['en'],
  )
  assert.deepEqual(failed, {
    main: { text: 'line 1', language: 'es' },
    state: 'failed',
    into: 'en',
    reason: 'no_pair',
  })
  assert.equal(
    readingOf(message(1, { translations: { en: translation('', { state: 'same' }) } }), 'en', ['en']).state,
    'plain',
  )
  assert.equal(readingOf(message(1), 'en', ['en']).state, 'plain')
})

test('rough, flagged and a person’s work are marked', () => {
  const of = (over: Parameters<typeof translation>[1]) =>
    readingOf(message(1, { translations: { en: translation('x', over) } }), 'en', ['en'])
  assert.equal(of({ quality: 'rough' }).rough, true)
  assert.equal(of({ flagged: true }).flagged, true)
  assert.equal(of({ flagged: true, flag_comment: 'no' }).comment, 'no')
  assert.equal(of({ by: { kind: 'agent', name: 'Emma' } }).byPerson, 'corrected')
  assert.equal(of({ by: { kind: 'memory', name: 'Emma' } }).byPerson, undefined)
})

test('what an author approved before he sent it is no correction', () => {
  const at = '2026-11-22T09:00:02.000Z'
  const of = (name: string, made: string) =>
    customerReads(
      message(2, {
        author: emma,
        at,
        language: 'en',
        translations: { es: translation('x', { by: { kind: 'agent', name }, at: made }) },
      }),
      'es',
    )?.byPerson
  assert.equal(of('Emma', at), 'approved')
  assert.equal(of('Emma', '2026-11-22T09:00:03.000Z'), 'corrected')
  assert.equal(of('Lucas', at), 'corrected')
})

test('a translation is corrected under the key that it stands under, also where there is none yet', () => {
  const line = message(1, { text: 'Hola', translations: { 'en-GB': translation('Hello') } })
  assert.equal(readingOf(line, 'en', ['en']).into, 'en-GB')
  assert.equal(readingOf(line, 'de', ['de']).into, 'de')
  assert.equal(readingOf(line, 'es', ['es']).into, undefined, 'who reads it needs none')
})

test('what is called wrong is seen, also in a language that nobody reads here', () => {
  const line = message(1, {
    translations: {
      en: translation('x', { flagged: true }),
      fr: translation('y', { flagged: true }),
      it: translation('z'),
    },
  })
  assert.deepEqual(
    flaggedBeside(line, ['en', undefined]).map((r) => r.main),
    [{ text: 'y', language: 'fr' }],
  )
})

test('what the customer reads of our line; nothing for notes, their own lines and a shared language', () => {
  const ours = message(2, { author: emma, text: 'Hello', language: 'en', translations: { es: translation('Hola') } })
  assert.equal(customerReads(ours, 'es')?.main.text, 'Hola')
  assert.equal(customerReads(ours, 'es-MX')?.main.text, 'Hola', 'a regional variant is the same language')
  assert.equal(customerReads({ ...ours, kind: 'note' }, 'es'), undefined)
  assert.equal(customerReads(message(1), 'en'), undefined)
  assert.equal(customerReads(ours, 'en-GB'), undefined)
})

test('a state, a reason and a maker that a newer server has made up: the original stands', () => {
  const of = (over: object) =>
    readingOf(message(1, { translations: { en: translation('x', over as object) } }), 'en', ['en'])
  assert.deepEqual(of({ state: 'queued' }), { main: { text: 'line 1', language: 'es' }, state: 'plain', into: 'en' })
  const failed = of({ state: 'failed', reason: 'weather' })
  assert.equal(failed.main.text, 'line 1')
  assert.equal(worthRetrying(failed.reason), false)
  assert.equal(of({ by: { kind: 'oracle', name: 'Pythia' }, quality: 'divine' }).main.text, 'x')
})

test('trying again is offered only where it can help', () => {
  const helps = (['engine', 'damaged', 'no_engine', 'no_pair', 'budget', 'too_long'] as const).filter(worthRetrying)
  assert.deepEqual(helps, ['engine', 'damaged'])
})

test('a pair that no engine has is that of the line, not of the conversation', () => {
  const failed = (seq: number, language: string, into: string, reason: 'no_pair' | 'no_engine') =>
    message(seq, { language, translations: { [into]: translation('', { state: 'failed', reason }) } })
  const fine = message(1, { translations: { en: translation('Hello') } })
  assert.equal(lacking([fine], 'en', ['en'], 'es'), undefined)
  const welsh = failed(2, 'cy', 'en', 'no_pair')
  assert.deepEqual(lacking([fine, welsh, fine], 'en', ['en'], 'es'), { from: 'cy', to: 'en' })
  const answer = { ...failed(3, 'en', 'de', 'no_pair'), author: emma }
  assert.deepEqual(lacking([welsh, answer], 'en', ['en'], 'de'), { from: 'en', to: 'de' })
  assert.equal(lacking([failed(4, 'de', 'en', 'no_engine'), welsh], 'en', ['en'], 'es'), 'engine')
})
