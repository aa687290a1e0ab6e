import assert from 'node:assert/strict'
import { test } from 'node:test'
import { choices } from './names'

test('a language of ours is there also where the browser has no name for it', () => {
  class Nameless {
    of(tag: string) {
      return tag
    }
  }
  Object.defineProperty(Intl, 'DisplayNames', { value: Nameless, configurable: true })
  const all = choices('en', ['oc'])
  assert.equal(all.find((c) => c.tag === 'sw')?.own, 'sw')
  assert.equal(
    all.find((c) => c.tag === 'oc'),
    undefined,
  )
})
