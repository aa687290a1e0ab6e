import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Drafts, emptyDraft, readDraft, type Shelf } from './drafts'

function shelf(full = false): Shelf & { kept: Map<string, string> } {
  const kept = new Map<string, string>()
  return {
    kept,
    getItem: (k) => kept.get(k) ?? null,
    setItem: (k, v) => {
      if (full) throw new Error('QuotaExceededError')
      kept.set(k, v)
    },
    removeItem: (k) => void kept.delete(k),
    key: (i) => [...kept.keys()][i] ?? null,
    get length() {
      return kept.size
    },
  }
}

test('a draft outlives the page, with its mode and the corrected translation', () => {
  const s = shelf()
  const draft = { text: 'Hello', note: true, language: 'fr', reviewed: { of: 'Hello', language: 'es', text: 'Hola' } }
  new Drafts('emma', s).set('c1', draft)
  assert.deepEqual(new Drafts('emma', s).get('c1'), draft)
})

test('drafts are one agent’s own', () => {
  const s = shelf()
  new Drafts('emma', s).set('c1', { text: 'mine', note: false })
  assert.equal(new Drafts('lucia', s).get('c1'), emptyDraft)
})

test('an emptied draft leaves nothing behind', () => {
  const s = shelf()
  const d = new Drafts('emma', s)
  d.set('c1', { text: 'x', note: false })
  d.set('c1', { text: '', note: false })
  assert.equal(s.kept.size, 0)
  assert.deepEqual(d.written(), [])
})

test('only what holds words is marked in the list', () => {
  const d = new Drafts('emma', shelf())
  d.set('c1', { text: '  ', note: true })
  d.set('c2', { text: 'x', note: false })
  assert.deepEqual(d.written(), ['c2'])
})

test('where storage refuses, a draft still outlives a change of conversation', () => {
  const d = new Drafts('emma', shelf(true))
  d.set('c1', { text: 'kept', note: false })
  assert.equal(d.get('c1').text, 'kept')
  const none = new Drafts('emma', undefined)
  none.set('c1', { text: 'kept', note: false })
  assert.equal(none.get('c1').text, 'kept')
})

test('what is odd on the shelf is no draft', () => {
  for (const odd of ['', 'null', '[]', '{"text":5}', '{', '"x"', '{"note":true}'])
    assert.equal(readDraft(odd), undefined, odd)
  assert.deepEqual(readDraft('{"text":"a","reviewed":{"text":1}}'), { text: 'a', note: false })
})
