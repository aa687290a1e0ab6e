import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Refused, RefusedReason } from '../../shared/wire.gen'
import { speak } from '../app/words'
import { refusedText } from './refused'
import { Rest, why } from './rest'

const all: Record<RefusedReason, true> = {
  columns: true,
  name: true,
  language: true,
  empty: true,
  too_long: true,
  variable: true,
  no_language: true,
  one_language: true,
  bool: true,
  one_text: true,
  no_source: true,
  no_words: true,
  values: true,
  no_file: true,
  no_column: true,
  encoding: true,
  format: true,
  size: true,
  cut: true,
  full: true,
  memory_full: true,
  memory_off: true,
  there: true,
  variables: true,
}

test('every reason that a server gives is said, and one that this console does not know is left to the server', () => {
  for (const reason of Object.keys(all) as RefusedReason[]) {
    const text = refusedText({ reason, column: 'text', value: '{nobody}', limit: 40 })
    assert.ok(text && !/[{}]/.test(text.replace('{nobody}', '')), reason)
  }
  assert.equal(refusedText({ reason: 'newer' } as unknown as Refused), undefined)
  assert.equal(refusedText({}), undefined)
  const half = refusedText({ reason: 'memory_full', limit: 40, before: 7 })
  assert.ok(half?.startsWith(refusedText({ reason: 'memory_full', limit: 40 }) ?? '?') && half.includes('7'), `${half}`)
})

test('a refusal is said in the language of the interface, with what it is about', async () => {
  const rest = new Rest(
    async () =>
      new Response(
        '{"code":"bad_request","detail":"The file has no column \\"text\\".","refused":{"reason":"no_column","column":"text","value":"name,language,text"}}',
        { status: 400 },
      ),
  )
  const said = () => rest.get('/x').catch(why)
  assert.equal(
    await said(),
    'The column \u2068text\u2069 is missing. The first line must be \u2068name,language,text\u2069.',
  )
  await speak('de', async () => ({ 'refused.no_column': 'Die Spalte {column} fehlt.' }))
  assert.equal(await said(), 'Die Spalte \u2068text\u2069 fehlt.')
  await speak('en')
})
