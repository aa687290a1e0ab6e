import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PartsOptions } from './parts'
import { Parts } from './parts'

/** Lets everything that is ready to run, run. */
async function settle(): Promise<void> {
  for (let i = 0; i < 30; i++) await new Promise((r) => setImmediate(r))
}

const there = { default: 'there' }
const gone = () => Promise.reject(new TypeError('Failed to fetch dynamically imported module'))

/** Parts whose first try is `first` and whose further tries are `more`, in their order. */
function one(first: () => Promise<unknown>, ...more: Array<() => Promise<unknown>>) {
  const asked: string[] = []
  const state = { reloaded: 0, saving: false }
  const options: PartsOptions = {
    again: (file, query) => {
      asked.push(`${file}?${query}`)
      return more.shift()?.() ?? gone()
    },
    wait: async () => {},
    idle: async () => {},
    saving: () => state.saving,
    reload: () => {
      state.reloaded++
    },
  }
  const parts = new Parts('widget', options)
  const load = () => {
    asked.push('first')
    return first()
  }
  return { parts, part: parts.part('menu', load), asked, state }
}

test('a part is fetched once, whoever wants it', async () => {
  const { parts, part, asked } = one(async () => there)
  const over = parts.want(part)
  assert.equal(await part.load(), there)
  await part.load()
  over()
  assert.deepEqual([part.module.value, asked, parts.missing.value], [there, ['first'], undefined])
})

test('a part that could not be fetched is asked for once more, at another address', async () => {
  const { parts, part, asked } = one(gone, async () => there)
  parts.want(part)
  await settle()
  assert.deepEqual([part.module.value, asked, parts.missing.value], [there, ['first', 'widget-menu?2'], undefined])
})

test('a part is there with what no part can do without, and its code is fetched once', async () => {
  const { parts, part, asked } = one(async () => there)
  const tries = ['lost', 'lost', 'there']
  parts.needs(async () => {
    if (tries.shift() === 'lost') throw new Error('cannot load the texts')
  })
  parts.want(part)
  await settle()
  assert.deepEqual([part.module.value, parts.missing.value, part.absent.value], [undefined, part, 'lost'])
  parts.again()
  await settle()
  assert.deepEqual([part.module.value, asked, tries], [there, ['first'], []])
})

test('who waits for a part that does not come is told, and may try again', async () => {
  const { parts, part, asked } = one(gone, gone, gone, async () => there)
  parts.want(part)
  await settle()
  assert.deepEqual([parts.missing.value, part.absent.value, asked.length], [part, 'lost', 2])
  parts.again()
  assert.equal(parts.missing.value, undefined)
  await settle()
  assert.deepEqual([parts.missing.value, part.module.value], [undefined, there])
  assert.deepEqual(asked, ['first', 'widget-menu?2', 'widget-menu?3', 'widget-menu?4'])
})

test('who no longer waits is not told', async () => {
  const { parts, part } = one(gone)
  parts.want(part)()
  await settle()
  assert.deepEqual([parts.missing.value, part.absent.value], [undefined, 'lost'])
  const over = parts.want(part)
  await settle()
  assert.equal(parts.missing.value, part)
  over()
  assert.equal(parts.missing.value, undefined)
})

test('what has come on another way is not missed any more', async () => {
  const { parts, part } = one(gone, gone, async () => there)
  parts.want(part)
  await settle()
  assert.equal(parts.missing.value, part)
  await part.load()
  assert.equal(parts.missing.value, undefined)
})

test('a part of another build is not asked for again: the page is', async () => {
  const { parts, part, asked, state } = one(() => Promise.reject(new SyntaxError('no export named build_1')))
  parts.want(part)
  await settle()
  assert.deepEqual([part.absent.value, asked, parts.missing.value], ['changed', ['first'], part])
  parts.again()
  assert.equal(state.reloaded, 1)
})

test('parts are prepared one after the other; a failure troubles nobody', async () => {
  const { parts, part, asked } = one(gone, gone)
  const second = parts.part('languages', async () => there)
  await parts.prepare()
  assert.deepEqual([part.absent.value, second.module.value, parts.missing.value], ['lost', there, undefined])
  assert.equal(asked.length, 2)
})

test('nothing is prepared where bytes are paid for', async () => {
  const { parts, asked, state } = one(async () => there)
  state.saving = true
  await parts.prepare()
  assert.deepEqual(asked, [])
})
