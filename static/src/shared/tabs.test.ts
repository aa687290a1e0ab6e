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
function tab(rank: number, locks?: LockManager) {
  const waits: Array<() => void> = []
  const channel = new BroadcastChannel('dragoman.tabs.test')
  const words: Array<{ type: string }> = []
  const tabs = new Tabs('test', {
    channel,
    wait: () => new Promise((r) => waits.push(r)),
    random: () => rank,
    locks,
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

test('what is chosen in one tab the others hear, and not the tab itself', async () => {
  const [a, b, c] = [tab(0), tab(0), tab(0)]
  const heard: string[] = []
  a.tabs.onLanguage = (language) => heard.push(`a ${language}`)
  b.tabs.onLanguage = (language) => heard.push(`b ${language}`)
  c.tabs.onLanguage = (language) => heard.push(`c ${language}`)
  a.tabs.language('fr')
  a.tabs.language('de')
  await Promise.all([b.heard(2), c.heard(2)])
  assert.deepEqual(
    [heard.filter((h) => h[0] === 'b'), heard.filter((h) => h[0] !== 'b')],
    [
      ['b fr', 'b de'],
      ['c fr', 'c de'],
    ],
  )
})

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

test('what is in front in another tab happens in none, though that tab has not heard of it yet', async () => {
  const [a, b] = [tab(0), tab(0)]
  b.tabs.sees = (id) => id === 'm1'
  const first = a.tabs.claim('m1', false)
  await a.heard(1)
  a.end()
  assert.equal(await first, false)
  assert.equal(await b.tabs.claim('m1', false), false)
  const other = a.tabs.claim('m2', false)
  await b.heard(2)
  a.end()
  assert.equal(await other, true)
})

/** Locks as a browser has them: the next in the line is let in when the one before has ended. */
function lockManager(): LockManager {
  let before: Promise<unknown> = Promise.resolve()
  const request = (_: string, held: () => Promise<void>) => {
    before = before.then(held)
    return before
  }
  return { request } as unknown as LockManager
}

test('the leading tab goes before the others, and the next one leads when it is closed', async () => {
  const locks = lockManager()
  const [a, b, c] = [tab(0.9, locks), tab(0.2, locks), tab(0.1, locks)]
  await settle()
  const run = async (id: string, ...tabs: Array<ReturnType<typeof tab>>) => {
    const words = tabs.map((t) => t.words.length)
    const claims = tabs.map((t) => t.tabs.claim(id, false))
    await Promise.all(tabs.map((t, i) => t.heard((words[i] ?? 0) + tabs.length - 1)))
    for (const t of tabs) t.end()
    const done = await Promise.all(claims)
    // The word of the one that does it has come to the others.
    await Promise.all(tabs.map((t, i) => done[i] || t.heard((words[i] ?? 0) + tabs.length)))
    return done
  }
  assert.deepEqual(await run('m1', a, b, c), [true, false, false])
  a.tabs.close()
  await settle()
  assert.deepEqual(await run('m2', b, c), [true, false])
})

test('a tab that can do it goes before the leading one that cannot', async () => {
  const locks = lockManager()
  const [a, b] = [tab(0, locks), tab(0.9, locks)]
  await settle()
  const claims = [a.tabs.claim('m1', false, 3), b.tabs.claim('m1', false, 1)]
  await Promise.all([a.heard(1), b.heard(1)])
  a.end()
  b.end()
  assert.deepEqual(await Promise.all(claims), [false, true])
})

test('locks that are refused change nothing', async () => {
  const refused = { request: () => Promise.reject(new Error('no')) } as unknown as LockManager
  const a = tab(0, refused)
  await settle()
  const claim = a.tabs.claim('m1', false)
  a.end()
  assert.equal(await claim, true)
})
