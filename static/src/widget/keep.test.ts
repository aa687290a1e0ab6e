import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Keep } from './keep'

function storage(make: Partial<Storage> | (() => never)): void {
  const get = typeof make === 'function' ? make : () => make
  Object.defineProperty(globalThis, 'localStorage', { get, configurable: true })
}

function refuse(name: string): () => never {
  return () => {
    throw new DOMException('refused', name)
  }
}

/** A keep and what it hands to the page around. */
function kept() {
  const keep = new Keep('shop')
  const told: Array<string | null> = []
  keep.onRefused = (token) => told.push(token)
  return { keep, told }
}

test('where the mere access to storage throws, all is kept in memory and the token goes to the page around', () => {
  storage(refuse('SecurityError'))
  const { keep, told } = kept()
  assert.equal(keep.get('token'), undefined)
  keep.set('token', 't1')
  keep.set('draft', 'half a line')
  assert.deepEqual([keep.get('token'), keep.get('draft'), told], ['t1', 'half a line', ['t1']])
  keep.remove('token')
  assert.deepEqual([keep.get('token'), told], [undefined, ['t1', null]])
})

test('where storage is full, what does not fit is kept in memory, and the token goes to the page around', () => {
  const there = new Map([['dragoman.shop.language', 'de']])
  storage({
    getItem: (k) => there.get(k) ?? null,
    setItem: refuse('QuotaExceededError'),
    removeItem: (k) => void there.delete(k),
  })
  const { keep, told } = kept()
  keep.set('token', 't1')
  assert.deepEqual([keep.get('token'), keep.get('language'), told], ['t1', 'de', ['t1']])
})

test('nothing is written before something is to be kept', () => {
  storage({ getItem: () => null, setItem: () => assert.fail('written'), removeItem: () => assert.fail('removed') })
  const { keep } = kept()
  assert.equal(keep.get('token'), undefined)
  keep.forget('token', 'draft')
})

test('what another tab has taken away is not remembered here, once this one forgets', () => {
  const there = new Map<string, string>()
  storage({
    getItem: (k) => there.get(k) ?? null,
    setItem: (k, v) => void there.set(k, v),
    removeItem: (k) => void there.delete(k),
  })
  const { keep } = kept()
  keep.set('token', 't1')
  keep.set('sound', 'off')
  there.clear()
  keep.forget('token')
  assert.deepEqual([keep.get('token'), keep.get('sound')], [undefined, 'off'])
  there.set('dragoman.shop.token', 't2')
  assert.equal(keep.get('token'), 't2')
})

test('a token of the page around is taken where the browser keeps nothing here, and nowhere else', () => {
  const there = new Map<string, string>()
  storage({
    getItem: (k) => there.get(k) ?? null,
    setItem: (k, v) => void there.set(k, v),
    removeItem: (k) => void there.delete(k),
  })
  const own = kept()
  assert.equal(own.keep.lent('planted'), false)
  assert.deepEqual([own.keep.get('token'), own.told, there.size], [undefined, [], 0])
  for (const name of ['SecurityError', 'QuotaExceededError']) {
    storage(name === 'SecurityError' ? refuse(name) : { getItem: () => null, setItem: refuse(name) })
    const { keep } = kept()
    assert.equal(keep.lent('t1'), true, name)
    assert.equal(keep.lent('t2'), true, name)
    assert.equal(keep.get('token'), 't1', 'one that is in use stays')
  }
})
