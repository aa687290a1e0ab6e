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
function desk(mac = false, field = false) {
  const all = { underWay: false, typing: false, singles: true, done: [] as string[] }
  const held = new Held<Press>(
    {
      settled: () => Promise.resolve(),
      typing: () => all.typing,
      singles: () => all.singles,
      insert: (text) => all.done.push(`writes ${text}`),
      erase: () => all.done.push('erases'),
      press(p, free) {
        const letter = all.typing && !free && !p.altKey && !p.ctrlKey
        all.done.push(`${letter ? 'loses' : 'presses'} ${p.key}`)
        if (p.key === 'r') all.typing = true
        if (p.key === 'w') all.underWay = true
      },
    },
    () => all.underWay,
    mac,
    field,
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
  assert.equal(held.take(press('r', { ctrlKey: true })), false, 'reload')
  assert.equal(held.take(press('Tab')), false)
  assert.equal(held.take(press('F5')), false)
  all.underWay = false
  await held.release()
  assert.deepEqual(all.done, ['presses 1', 'presses k'])
})

test('what is pasted on the way is put there, between what was typed before and after it', async () => {
  const { all, held } = desk()
  const pastes = (text: string) => held.paste(() => all.done.push(`pastes ${text}`))
  assert.equal(pastes('here'), false, 'nobody is under way')
  all.underWay = true
  held.take(press('r'))
  held.take(press('a'))
  assert.equal(pastes('b'), true)
  held.take(press('c'))
  all.underWay = false
  await held.release()
  assert.deepEqual(all.done, ['presses r', 'writes a', 'pastes b', 'writes c'])

  all.underWay = true
  pastes('for nobody')
  held.drop()
  all.underWay = false
  await held.release()
  assert.equal(all.done.length, 4)
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

// With a mouse the box has the focus as soon as the conversation is there.
for (const [keys, done] of [
  ['rtext', ['presses r', 'writes t', 'writes e', 'writes x', 'writes t']],
  ['nr', ['presses n', 'writes r']],
  ['jkrj', ['presses j', 'presses k', 'presses r', 'writes j']],
  ['Hej', ['writes H', 'writes e', 'writes j']],
] as const)
  test(`${keys}, pressed outside of the box, in a box that has the focus`, async () => {
    const { all, held } = desk()
    all.underWay = true
    for (const key of keys) held.take(press(key))
    all.underWay = false
    all.typing = true
    await held.release()
    assert.deepEqual(all.done, done)
  })

test('a key that sets out is one in a box, too, and what is behind it waits again', async () => {
  const { all, held } = desk()
  all.underWay = true
  for (const key of ['w', 'r', 'a']) held.take(press(key))
  all.underWay = false
  all.typing = true
  await held.release()
  assert.deepEqual(all.done, ['presses w'])
  all.underWay = false
  await held.release()
  assert.deepEqual(all.done, ['presses w', 'presses r', 'writes a'])
})

test('what was typed in a box is letters, and is never done as keys', async () => {
  for (const there of [true, false]) {
    const { all, held } = desk()
    all.underWay = true
    all.typing = true
    for (const key of ['r', 'e']) held.take(press(key))
    all.underWay = false
    all.typing = there
    await held.release()
    assert.deepEqual(all.done, there ? ['writes r', 'writes e'] : [])
  }
})

test('without single keys everything is a letter in a box', async () => {
  const { all, held } = desk()
  all.singles = false
  all.underWay = true
  held.take(press('r'))
  all.underWay = false
  all.typing = true
  await held.release()
  assert.deepEqual(all.done, ['writes r'])
})

test('signs of AltGr and of Option are letters, and those with Control are not', async () => {
  const altGr = { getModifierState: (key: string) => key === 'AltGraph' }
  const { all, held } = desk()
  all.underWay = true
  assert.equal(held.take(press('@', { ctrlKey: true, altKey: true, code: 'KeyQ', ...altGr })), true, 'Windows')
  assert.equal(held.take(press('€', { code: 'KeyE', ...altGr })), true, 'Linux')
  assert.equal(held.take(press('v', { ctrlKey: true })), false)
  assert.equal(held.take(press('x', { altKey: true, code: 'KeyX' })), false, 'a menu of the browser')
  all.underWay = false
  all.typing = true
  await held.release()
  assert.deepEqual(all.done, ['writes @', 'writes €'])

  const mac = desk(true)
  mac.all.underWay = true
  assert.equal(mac.held.take(press('@', { altKey: true, code: 'KeyL' })), true)
  assert.equal(mac.held.take(press('¡', { altKey: true, code: 'Digit1' })), true)
  assert.equal(mac.held.take(press('c', { metaKey: true })), false)
  mac.all.underWay = false
  mac.all.typing = true
  await mac.held.release()
  assert.deepEqual(mac.all.done, ['writes @', 'presses ¡'], 'a command stays one')
})

test('what is typed before a field is there is written into it, whatever its keys do elsewhere, and chooses nothing', async () => {
  const { all, held } = desk(false, true)
  all.underWay = true
  for (const key of ['r', 'e', 'n', 'x', 'Backspace', 'Enter']) assert.equal(held.take(press(key)), true, key)
  assert.equal(held.take(press('1', { altKey: true, code: 'Digit1' })), false)
  assert.equal(held.take(press('k', { ctrlKey: true })), false)
  all.underWay = false
  all.typing = true
  await held.release()
  assert.deepEqual(all.done, ['writes r', 'writes e', 'writes n', 'writes x', 'erases'])
})
