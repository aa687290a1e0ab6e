import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actionOf, bindings, chordOf, isSingle, keyCaps, type Press, Sequence, sequencePause } from './keys'

const press = (key: string, over: Partial<Press> = {}): Press => ({
  key,
  code: '',
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  ...over,
})

const free = { typing: false, singles: true, dialog: false }

test('presses have names that do not depend on the keyboard', () => {
  assert.equal(chordOf(press('j'), false), 'j')
  assert.equal(chordOf(press('J', { shiftKey: true }), false), 'shift+j')
  assert.equal(chordOf(press('?', { shiftKey: true }), false), '?')
  assert.equal(chordOf(press('/', { shiftKey: true }), false), '/', 'a slash is Shift+7 on a German keyboard')
  assert.equal(chordOf(press('∫', { altKey: true, code: 'KeyB' }), true), 'alt+b')
  assert.equal(chordOf(press('¡', { altKey: true, code: 'Digit1' }), true), 'alt+1')
  assert.equal(chordOf(press('k', { ctrlKey: true }), false), 'mod+k')
  assert.equal(chordOf(press('k', { metaKey: true }), true), 'mod+k')
  assert.equal(chordOf(press('k', { ctrlKey: true }), true), '', 'Control on a Mac belongs to the system')
  assert.equal(chordOf(press('Escape'), false), 'escape')
})

test('a letter in a field is a letter', () => {
  assert.equal(actionOf('j', free), 'next')
  assert.equal(actionOf('j', { ...free, typing: true }), undefined)
  assert.equal(actionOf('mod+k', { ...free, typing: true }), 'palette')
  assert.equal(actionOf('alt+3', { ...free, typing: true }), 'pin3')
  assert.equal(actionOf('escape', { ...free, typing: true }), 'leave')
})

test('single keys can be switched off, the others stay', () => {
  const off = { ...free, singles: false }
  for (const b of bindings) assert.equal(actionOf(b.chord, off), isSingle(b.chord) ? undefined : b.action, b.chord)
})

test('a dialog has the keyboard for itself', () => {
  for (const b of bindings) assert.equal(actionOf(b.chord, { ...free, dialog: true }), undefined, b.chord)
})

test('no two actions share a key', () => {
  const chords = bindings.map((b) => b.chord)
  assert.deepEqual(chords, [...new Set(chords)])
})

test('caps are those of the machine and its keyboard', () => {
  const german = { mod: 'Strg', shift: 'Umschalt', enter: 'Enter' }
  assert.deepEqual(keyCaps('mod+k', false, german), ['Strg', 'K'])
  assert.deepEqual(keyCaps('shift+enter', false, german), ['Umschalt', 'Enter'])
  assert.deepEqual(keyCaps('mod+k', true, german), ['⌘', 'K'])
  assert.deepEqual(keyCaps('alt+1', true, german), ['⌥', '1'])
})

test('a sequence is two keys in time, and its second key does nothing else', () => {
  const sequence = new Sequence()
  const take = (chord: string, at: number, place = free) => sequence.take(chord, place, at)
  assert.deepEqual(take('g', 0), { taken: true })
  assert.deepEqual(take('c', 100), { action: 'canned', taken: true })
  assert.deepEqual(take('c', 200), { action: 'correct', taken: true }, 'by itself it is a key of its own')
  take('g', 1000)
  assert.deepEqual(take('e', 1100), { taken: true }, 'no such sequence: it does not resolve the conversation')
  take('g', 2000)
  assert.deepEqual(take('c', 2000 + sequencePause + 1), { action: 'correct', taken: true }, 'too late')
  take('g', 9000)
  assert.deepEqual(take('mod+k', 9100), { action: 'palette', taken: true })
})

test('a sequence begins in no field, in no dialog, and with single keys switched on', () => {
  const sequence = new Sequence()
  for (const place of [{ typing: true }, { dialog: true }, { singles: false }]) {
    assert.deepEqual(sequence.take('g', { ...free, ...place }, 0), { taken: false })
    assert.deepEqual(sequence.take('c', { ...free, ...place }, 1), { taken: false })
  }
  assert.deepEqual(sequence.take('', free, 2), { taken: false })
})
