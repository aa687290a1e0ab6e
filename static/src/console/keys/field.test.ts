import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emmasDesk } from '../app/fixture'
import { Field } from './field'
import type { Held } from './held'

class Input {
  closest = () => ({})
}

/** A field that is looked for from now on, in a window where `focused` has the focus. */
function looked(focused: Input | null, dialog: 'palette' | undefined) {
  const desk = emmasDesk()
  const heard: Record<string, (e: unknown) => void> = {}
  const window = {
    HTMLInputElement: Input,
    document: { activeElement: focused },
    addEventListener: (name: string, f: (e: unknown) => void) => (heard[name] = f),
    removeEventListener: () => {},
  }
  for (const [name, value] of Object.entries(window))
    Object.defineProperty(globalThis, name, { value, configurable: true })
  desk.dialog.value = dialog
  const field = new Field(desk)
  field.follow({ drop: () => {}, release: async () => {} } as unknown as Held<KeyboardEvent>)
  return { desk, field, focus: () => heard.focusin?.({ target: new Input() }) }
}

test('a field is still to come from when it is asked for until it has the focus', () => {
  const { desk, field, focus } = looked(null, undefined)
  assert.equal(field.comes(), false)
  desk.dialog.value = 'palette'
  assert.equal(field.comes(), true)
  focus()
  assert.equal(field.comes(), false)
  desk.dialog.value = undefined
  desk.dialog.value = 'search'
  assert.equal(field.comes(), true)
})

test('one in which somebody writes already is there, and keeps its letters', () => {
  assert.equal(looked(new Input(), 'palette').field.comes(), false)
  assert.equal(looked(null, 'palette').field.comes(), true)
})
