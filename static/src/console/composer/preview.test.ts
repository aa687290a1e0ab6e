import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { CallError } from '../../shared/client'
import { FakeClock } from '../../shared/fake_clock'
import type { CallMap, PreviewOK } from '../../shared/wire.gen'
import { Previewer, previewPause } from './preview'

type Asked = CallMap['preview']['call']

/** A previewer on a clock that stands still, and the questions that it has asked, to be answered by hand. */
function begin(t: TestContext) {
  const clock = new FakeClock()
  t.after(() => clock.stop())
  const asked: { fields: Asked; answer: (text: string) => Promise<void>; fail: (e: Error) => Promise<void> }[] = []
  const p = new Previewer('c1', (fields) => {
    let resolve!: (ok: PreviewOK) => void
    let reject!: (e: Error) => void
    const promise = new Promise<PreviewOK>((a, b) => {
      resolve = a
      reject = b
    })
    const settled = () =>
      promise.then(
        () => {},
        () => {},
      )
    asked.push({
      fields,
      answer: (text) => {
        resolve({ language: 'es', text, state: 'done', quality: 'full' })
        return settled()
      },
      fail: (e) => {
        reject(e)
        return settled()
      },
    })
    return promise
  })
  return { p, asked, clock }
}

test('asks once, after a pause in typing, for what stands there then', (t) => {
  const { p, asked, clock } = begin(t)
  p.want('H', false)
  clock.tick(previewPause - 1)
  p.want('Hello', false)
  clock.tick(previewPause - 1)
  assert.equal(asked.length, 0)
  clock.tick(1)
  assert.deepEqual(
    asked.map((a) => a.fields),
    [{ conversation: 'c1', text: 'Hello' }],
  )
})

test('only the answer to the newest question counts', async (t) => {
  const { p, asked, clock } = begin(t)
  p.want('one', false)
  clock.tick(previewPause)
  p.want('two', false)
  clock.tick(previewPause)
  await asked[1]?.answer('dos')
  await asked[0]?.answer('uno')
  const s = p.state.value
  assert.ok(s.state === 'ready' && s.of === 'two' && s.answer.text === 'dos')
})

test('while it waits, what stood there stays', async (t) => {
  const { p, asked, clock } = begin(t)
  p.want('one', false)
  clock.tick(previewPause)
  await asked[0]?.answer('uno')
  p.want('one two', false)
  const s = p.state.value
  assert.ok(s.state === 'waiting' && s.last?.text === 'uno')
})

test('an emptied box has no preview, and a late answer does not bring it back', async (t) => {
  const { p, asked, clock } = begin(t)
  p.want('one', false)
  clock.tick(previewPause)
  p.want('  ', false)
  await asked[0]?.answer('uno')
  assert.deepEqual(p.state.value, { state: 'none' })
})

test('the way back is asked for with the same text', (t) => {
  const { p, asked, clock } = begin(t)
  p.want('one', false)
  clock.tick(previewPause)
  p.want('one', true)
  clock.tick(previewPause)
  assert.deepEqual(asked[1]?.fields, { conversation: 'c1', text: 'one', back: true })
})

test('a failed call is told as such', async (t) => {
  const { p, asked, clock } = begin(t)
  p.want('one', false)
  clock.tick(previewPause)
  await asked[0]?.fail(new CallError('unavailable', 'The database cannot be reached.'))
  assert.deepEqual(p.state.value, { state: 'failed', message: 'unavailable' })
})
