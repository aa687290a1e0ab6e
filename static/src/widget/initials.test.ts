import assert from 'node:assert/strict'
import { test } from 'node:test'
import { about } from '../shared/i18n'
import { initials, tint, tints } from './initials'

test('initials are letters of people, not of bytes', () => {
  assert.equal(initials('Emma'), 'E')
  assert.equal(initials('  lucía  de la Torre '), 'LD')
  assert.equal(initials('李小龙'), '李')
  assert.equal(initials('😀 Kim'), '😀K')
  assert.equal(initials(''), '')
})

test('a person keeps a colour, and there is one for everybody', () => {
  const seen = new Set<number>()
  for (const name of ['Emma', 'Lucía', 'Ada', 'Bob', 'Cleo', 'Dora', 'Ömer', '李', 'ليلى', 'Zoë', 'Jo', '']) {
    assert.equal(tint(name), tint(name))
    assert.ok(tint(name) >= 0 && tint(name) < tints)
    seen.add(tint(name))
  }
  assert.ok(seen.size > 3, `only ${seen.size} colours for twelve names`)
})

test('how soon somebody answers is said in whole minutes, and in hours where it takes long', () => {
  assert.equal(about(1, 'en'), '1 minute')
  assert.equal(about(61, 'en'), '2 minutes')
  assert.equal(about(120, 'de'), '2 Minuten')
  assert.equal(about(89 * 60, 'en'), '89 minutes')
  assert.equal(about(95 * 60, 'en'), '2 hours')
})
