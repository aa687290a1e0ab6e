import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Held } from './held'
import type { Press } from './keys'

const press = (key: string, over: Partial<Press> = {}): Press => ({
  key,
  code: '',
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  ...over,
})

// A console in words: W sets out, R goes into the box, and what is done is written down.
function desk() {
  const all = { underWay: false, typing: false, done: [] as string[] }
  const held = new Held<Press>(
    {
      settled: () => Promise.resolve(),
      typing: () => all.typing,
      insert: (text) => all.done.push(`writes ${text}`),
      erase: () => all.done.push('erases'),
      press(p) {
        all.done.push(`presses ${p.key}`)
        if (p.key === 'r') all.typing = true
        if (p.key === 'w') all.underWay = true
      },
    },
    () => all.underWay,
    false,
  )
  return { all, held }
}

test('nothing is held while nobody is under way', () => {
  const { held } = desk()
  for (const key of ['w', 'x', 'Enter', 'Escape']) assert.equal(held.take(press(key)), false, key)
})

test('what is typed on the way is done there, in order, and sends nothing', async () => {
  const { all, held } = desk()
  all.underWay = true
  for (const key of ['r', 'e', 'ß', 'Backspace', 'Enter', 'é']) assert.equal(held.take(press(key)), true, key)
  all.underWay = false
  assert.equal(held.take(press('!')), true, 'what comes before the held ones are done comes after them')
  await held.release()
  assert.deepEqual(all.done, ['presses r', 'writes e', 'writes ß', 'erases', 'writes é', 'writes !'])
  assert.equal(held.take(press('x')), false)
})

test('commands do what they do in a field too, and what is the browser’s own is let through', async () => {
  const { all, held } = desk()
  all.underWay = true
  all.typing = true
  assert.equal(held.take(press('1', { altKey: true, code: 'Digit1' })), true)
  assert.equal(held.take(press('k', { ctrlKey: true })), true)
  assert.equal(held.take(press('Escape')), true)
  assert.equal(held.take(press('r', { ctrlKey: true })), false, 'reload')
  assert.equal(held.take(press('Tab')), false)
  assert.equal(held.take(press('F5')), false)
  all.underWay = false
  await held.release()
  assert.deepEqual(all.done, ['presses 1', 'presses k', 'presses Escape'])
})

test('a held key that sets out again holds those behind it', async () => {
  const { all, held } = desk()
  all.underWay = true
  for (const key of ['w', 'r', 'a']) held.take(press(key))
  all.underWay = false
  await held.release()
  assert.deepEqual(all.done, ['presses w'])
  all.underWay = false
  await held.release()
  assert.deepEqual(all.done, ['presses w', 'presses r', 'writes a'])
})

test('what was typed for nobody is not written to somebody else', async () => {
  const { all, held } = desk()
  all.underWay = true
  for (const key of ['r', 'a']) held.take(press(key))
  all.underWay = false
  held.drop()
  await held.release()
  assert.deepEqual(all.done, [])
  assert.equal(held.take(press('x')), false)
})
