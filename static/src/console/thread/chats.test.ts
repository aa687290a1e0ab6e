import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signal } from '@preact/signals'
import type { Client } from '../../shared/client'
import type { TypingFrame } from '../../shared/wire.gen'
import { message } from '../inbox/fixture'
import { Chats } from './chats'

const visitor = { id: 'v', kind: 'visitor' as const, name: 'Lucía', language: 'es', online: true }

function begin() {
  const chats = new Chats({ client: {} as Client, changed: () => {}, gone: () => {}, online: signal(true) })
  const hear = (over: Partial<TypingFrame>) =>
    chats.take({ event: 'typing', conversation: 'c', participant: visitor, on: true, ...over })
  const shown = () => chats.typing.value.get('c')?.map((p) => [p.text, p.translation])
  return { chats, hear, shown }
}

test('what is typed is shown with its translation, which is a moment older', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { hear, shown } = begin()
  hear({})
  assert.deepEqual(shown(), [[undefined, undefined]], 'that somebody types, and no word of what')
  hear({ text: 'Hola' })
  assert.deepEqual(shown(), [['Hola', undefined]])
  hear({ text: 'Hola', translation: 'Hello' })
  hear({ text: 'Hola, ¿qué' })
  assert.deepEqual(shown(), [['Hola, ¿qué', 'Hello']], 'until the next translation comes')
  hear({})
  assert.deepEqual(shown(), [[undefined, undefined]], 'the visitor has switched it off')
})

test('it goes when he stops, when he sends, and when nothing is heard any more', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { chats, hear, shown } = begin()
  hear({ text: 'Hola', translation: 'Hello' })
  hear({ on: false })
  assert.equal(shown(), undefined)
  hear({ text: 'Hola' })
  chats.take({ event: 'message', conversation: 'c', prev: 0, rev: 1, message: message(1) })
  assert.equal(shown(), undefined)
  hear({ text: 'Hola' })
  t.mock.timers.tick(7999)
  hear({ text: 'Hola' })
  t.mock.timers.tick(7999)
  assert.deepEqual(shown(), [['Hola', undefined]])
  t.mock.timers.tick(1)
  assert.equal(shown(), undefined)
})
