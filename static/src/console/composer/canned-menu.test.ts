import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signal } from '@preact/signals'
import { h, options, render } from 'preact'
import { FakeNode } from '../../shared/fake_dom'
import type { Canned } from '../../shared/wire.gen'
import { DeskProvider } from '../app/desk'
import { emmasDesk } from '../app/fixture'
import { CannedList, parts } from '../app/parts'
import { row } from '../inbox/fixture'
import { useCanned } from './canned-menu'
import type { Draft } from './drafts'

type Answer = () => { ok: boolean; json?: () => Promise<{ canned: Canned[] }> }

// Effects run in the next turn, as after a frame that has been painted.
Object.assign(options, { requestAnimationFrame: (run: () => void) => setImmediate(run) })

const settled = async () => {
  for (let i = 0; i < 5; i++) await new Promise((r) => setImmediate(r))
}

/** A box whose list is asked for with `answers`, one for each slash. */
function box(...answers: Answer[]) {
  const desk = emmasDesk()
  desk.rows.upsert([row('a')])
  const wanted = { by: 0 }
  parts.want = () => {
    wanted.by++
    return () => wanted.by--
  }
  globalThis.fetch = async () => (answers.shift() as Answer)() as Response
  const draft = signal({ text: '', note: false } as Draft)
  let now: ReturnType<typeof useCanned>
  const Box = () => {
    now = useCanned('a', desk.row('a'), draft, 'en', () => {})
    return null
  }
  const root = new FakeNode('div') as unknown as Element
  render(h(DeskProvider, { value: desk, children: h(Box, {}) }), root)
  const type = async (text: string) => {
    draft.value = { ...draft.value, text }
    await settled()
    return typeof now === 'object' ? now.hits.map((hit) => hit.name) : now
  }
  return { type, wanted, gone: () => render(null, root) }
}

const list = (...canned: Canned[]) => ({ ok: true, json: async () => ({ canned }) })
const none = () => list()
const one = () =>
  list({
    name: 'hello',
    texts: [{ language: 'en', text: 'Hello', state: 'approved', by: 'Ann', at: '2026-11-22T10:00:00Z' }],
  })
const refused = () => ({ ok: false })
const dead = () => {
  throw new TypeError('no network')
}

test('a list that nobody can give is none that is empty, and keeps no line back', async () => {
  CannedList.part.module.value = { default: () => null }
  const { type, gone } = box(none)
  assert.equal(await type('/'), 'none')
  await type('')
  gone()
  for (const answer of [refused, dead]) {
    const fresh = box(answer, one, answer)
    assert.equal(await fresh.type('/'), undefined)
    assert.equal(await fresh.type('/he'), undefined)
    await fresh.type('')
    assert.deepEqual(await fresh.type('/'), ['hello'], 'each slash asks anew')
    await fresh.type('')
    assert.deepEqual(await fresh.type('/'), ['hello'], 'what was there before is there still')
    assert.equal(await fresh.type('/xyz'), 'unfit')
    assert.equal(await fresh.type('/xyz is no name'), undefined)
    fresh.gone()
  }
})

test('without its code there is no list, and a line that begins with a slash is a line', async () => {
  const { part } = CannedList
  part.module.value = undefined
  const { type, wanted, gone } = box(one, one)
  assert.equal(await type('/'), 'coming')
  assert.equal(wanted.by, 1)
  part.absent.value = 'lost'
  assert.equal(await type('/h'), undefined)
  await type('')
  assert.equal(wanted.by, 0, 'nobody waits for it any more')
  part.absent.value = undefined
  part.module.value = { default: () => null }
  assert.deepEqual(await type('/'), ['hello'])
  gone()
  await settled()
  assert.equal(wanted.by, 0)
})
