import assert from 'node:assert/strict'
import { test } from 'node:test'
import { effect } from '@preact/signals'
import { locale, speak, t, wanted } from './words'

test('the language of the interface is what was chosen, else what is read first, else what the browser asks for', () => {
  assert.equal(wanted('fr', 'de', ['es']), 'fr')
  assert.equal(wanted('auto', 'de-AT', ['es']), 'de')
  assert.equal(wanted('auto', 'pt-PT', []), 'pt-BR')
  assert.equal(wanted('auto', 'ar-EG', []), 'ar')
  assert.equal(wanted('auto', 'ja', ['ko', 'es-MX', 'de']), 'es')
  assert.equal(wanted('auto', '', ['fr-CA']), 'fr')
  assert.equal(wanted('auto', 'ja', ['no tag!', 'ko']), 'en')
})

test('words change where they stand once their texts have come, and missing ones stay English', async () => {
  const seen: string[] = []
  const stop = effect(() => void seen.push(`${locale()} ${t('cancel')}`))
  await speak('de', async () => ({ cancel: 'Abbrechen' }))
  assert.equal(t('close'), 'Close')
  await speak('en')
  stop()
  assert.deepEqual(seen, ['en Cancel', 'de Abbrechen', 'en Cancel'])
})

test('texts that cannot be fetched leave the words as they were', async () => {
  await speak('fr', async () => {
    throw new Error('no network')
  })
  assert.equal(locale(), 'en')
})

test('of two languages the one asked for last holds, whichever comes first', async () => {
  let slow: (texts: Record<string, string>) => void = () => {}
  const first = speak('fr', () => new Promise((r) => (slow = r)))
  await speak('es', async () => ({ cancel: 'Cancelar' }))
  slow({ cancel: 'Annuler' })
  await first
  assert.equal(t('cancel'), 'Cancelar')
  await speak('en')
})
