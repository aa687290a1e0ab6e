import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { Keep } from './keep'
import { Tongue } from './tongue'

let stored: Map<string, string>

beforeEach(() => {
  stored = new Map()
  const localStorage = {
    getItem: (k: string) => stored.get(k) ?? null,
    setItem: (k: string, v: string) => stored.set(k, v),
    removeItem: (k: string) => stored.delete(k),
  }
  for (const [name, value] of Object.entries({ localStorage, navigator: { languages: ['en-GB', 'fr'] } }))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
})

/** A visitor in the middle of a conversation, who has chosen nothing. */
function speaking(): Tongue {
  const tongue = new Tongue(new Keep('shop'), 'en')
  tongue.begun('en-GB')
  tongue.hello('en-GB')
  tongue.row('c1', 'en-GB', false)
  return tongue
}

test('a language that the server has noticed counts at once, and is offered until the visitor says what he wants', () => {
  const tongue = speaking()
  assert.equal(tongue.offer.value, undefined, 'nothing has changed')
  tongue.row('c1', 'es', false)
  assert.deepEqual([tongue.language.value, tongue.offer.value], ['es', { from: 'en-GB', to: 'es' }])
  assert.equal(tongue.chosen, undefined, 'what is noticed is no choice')
  tongue.choose('en-GB', true)
  assert.deepEqual([tongue.language.value, tongue.offer.value, tongue.chosen], ['en-GB', undefined, 'en-GB'])
  tongue.row('c1', 'en-GB', false)
  assert.equal(tongue.offer.value, undefined, 'his own choice comes back in the row')
})

test('the first line may already be in another language', () => {
  const tongue = new Tongue(new Keep('shop'), 'en')
  tongue.begun('en-GB')
  tongue.hello('en-GB')
  tongue.row('c1', 'es', false)
  assert.deepEqual(tongue.offer.value, { from: 'en-GB', to: 'es' })
})

test('what was noticed while there was no connection is offered with the next hello', () => {
  const tongue = speaking()
  tongue.hello('es')
  tongue.row('c1', 'es', false)
  assert.deepEqual(tongue.offer.value, { from: 'en-GB', to: 'es' })
})

test('a second thought of the server leads back to where it began, and to nowhere else', () => {
  const tongue = speaking()
  tongue.row('c1', 'pt-BR', false)
  tongue.row('c1', 'es', false)
  assert.deepEqual(tongue.offer.value, { from: 'en-GB', to: 'es' })
  tongue.row('c1', 'en', false)
  assert.equal(tongue.offer.value, undefined)
})

test('choices that come back in their order are no news', () => {
  const tongue = speaking()
  tongue.choose('de', true)
  tongue.choose('fr', true)
  tongue.row('c1', 'de', false)
  assert.equal(tongue.offer.value, undefined)
  tongue.row('c1', 'fr', false)
  assert.deepEqual([tongue.language.value, tongue.offer.value, tongue.chosen], ['fr', undefined, 'fr'])
  tongue.row('c1', 'de', false)
  assert.deepEqual(tongue.offer.value, { from: 'fr', to: 'de' }, 'the second time it was somebody else')
})

test('a choice in another tab is not offered here', () => {
  const tongue = speaking()
  stored.set('dragoman.shop.language', 'de')
  tongue.row('c1', 'de', false)
  assert.deepEqual([tongue.language.value, tongue.offer.value], ['de', undefined])
})

test('what is over, and who comes back, is asked nothing', () => {
  const tongue = speaking()
  tongue.row('c0', 'fr', true)
  assert.deepEqual([tongue.language.value, tongue.offer.value], ['en-GB', undefined])
  tongue.row('c1', 'es', false)
  tongue.reset()
  assert.deepEqual([tongue.language.value, tongue.offer.value], ['en-GB', undefined])
  tongue.begun('es')
  tongue.hello('es')
  tongue.row('c2', 'es', false)
  assert.equal(tongue.offer.value, undefined, 'it was so before the page was opened')
})
