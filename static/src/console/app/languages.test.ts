import assert from 'node:assert/strict'
import { test } from 'node:test'
import { find } from '../ui/language-picker'
import { byName } from './languages'
import { speak } from './words'

test('languages stand in the order of their names, as the language of the interface has it', async () => {
  assert.deepEqual(find('', []).slice(0, 4), ['ar', 'bn', 'bg', 'ca'])
  assert.deepEqual(find('', ['bn']).slice(0, 3), ['ar', 'bg', 'ca'])
  await speak('de', async () => ({}))
  try {
    assert.deepEqual(find('', []).slice(5, 9), ['da', 'de', 'en', 'et'])
    assert.deepEqual(
      byName(['Zoe', 'Öger', 'Oz', 'a10', 'a9'], (name) => name),
      ['a9', 'a10', 'Öger', 'Oz', 'Zoe'],
    )
  } finally {
    await speak('en')
  }
})
