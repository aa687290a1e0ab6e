import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathOf, placeIn } from './places'

test('a page stands in the address, with its site', () => {
  for (const path of ['/agent/canned', '/agent/glossary/demo', '/agent/memory/a_b-1']) {
    const place = placeIn(path)
    assert.ok(place, path)
    assert.equal(pathOf(place), path)
  }
})

test('other addresses are no pages, and what is no site is left out', () => {
  for (const path of ['/agent/', '/agent/c/0190', '/agent/v1/canned', '/agent/canned/demo/more', '/widget/canned'])
    assert.equal(placeIn(path), undefined, path)
  assert.deepEqual(placeIn('/agent/canned/..%2f'), { name: 'canned' })
})
