import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { Tabs } from './tabs'

const made: Tabs[] = []
afterEach(() => {
  for (const t of made.splice(0)) t.close()
})

/** Lets everything that is ready to run, run; words in the channel too. */
async function settle(): Promise<void> {
  for (let i = 0; i < 30; i++) await new Promise((r) => setImmediate(r))
}

/** A tab whose waits end when the test says so. */
function tab(rank: number) {
  const waits: Array<() => void> = []
  const channel = new BroadcastChannel('dragoman.tabs.test')
  const words: Array<{ type: string }> = []
  const tabs = new Tabs('test', {
    channel,
    wait: () => new Promise((r) => waits.push(r)),
    random: () => rank,
  })
  const heard = channel.onmessage
  channel.onmessage = (e) => {
    words.push(e.data)
    heard?.call(channel, e)
  }
  made.push(tabs)
  return { tabs, words, heard: (n: number) => until(() => words.length >= n), end: () => waits.shift()!() }
}

async function until(what: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !what() && Date.now() < end; ) await settle()
  assert.ok(what(), `never came: ${what}`)
}

test('of two tabs that hear a line at once one sounds', async () => {
  const [a, b] = [tab(0.7), tab(0.3)]
  const claims = [a.tabs.claim('m1', false), b.tabs.claim('m1', false)]
  await Promise.all([a.heard(1), b.heard(1)])
  a.end()
  b.end()
  assert.deepEqual(await Promise.all(claims), [false, true])
})

test('where the line is seen goes before where it is not', async () => {
  const [a, b] = [tab(0), tab(0.3)]
  const claims = [a.tabs.claim('m1', false), b.tabs.claim('m1', true)]
  await Promise.all([a.heard(1), b.heard(1)])
  a.end()
  b.end()
  assert.deepEqual(await Promise.all(claims), [false, true])
})

test('a line that is seen does not sound in a tab that spoke of it first', async () => {
  const [a, b] = [tab(0.3), tab(0.7)]
  const first = a.tabs.claim('m1', false)
  await b.heard(1)
  const second = b.tabs.claim('m1', true)
  await a.heard(1)
  a.end()
  b.end()
  assert.deepEqual(await Promise.all([first, second]), [false, true])
})

test('a tab that comes late does not sound again, however low its rank', async () => {
  const [a, b] = [tab(0.7), tab(0)]
  const first = a.tabs.claim('m1', false)
  a.end()
  assert.equal(await first, true)
  await b.heard(2)
  assert.equal(await b.tabs.claim('m1', false), false)
  // Nor one that was asked before it heard: it hears that the matter is settled while it waits.
  const [c, d] = [tab(0.7), tab(0)]
  const early = c.tabs.claim('m2', false)
  c.end()
  assert.equal(await early, true)
  const late = d.tabs.claim('m2', true)
  await d.heard(2)
  d.end()
  assert.equal(await late, false)
})

test('another line is another matter', async () => {
  const [a, b] = [tab(0.7), tab(0.3)]
  const first = a.tabs.claim('m1', false)
  a.end()
  assert.equal(await first, true)
  await b.heard(2)
  const second = b.tabs.claim('m2', false)
  b.end()
  assert.equal(await second, true)
})

test('a tab without a channel is alone', async () => {
  const tabs = new Tabs('test', { channel: undefined })
  assert.equal(await tabs.claim('m1', false), true)
  tabs.reset()
})

test('who is forgotten in one tab is forgotten in the others', async () => {
  const [a, b] = [tab(0), tab(0)]
  let told = 0
  a.tabs.onReset = () => assert.fail('its own word')
  b.tabs.onReset = () => {
    told++
  }
  a.tabs.reset()
  await until(() => told === 1)
})
