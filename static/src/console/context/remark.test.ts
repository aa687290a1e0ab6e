import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CallError } from '../../shared/client'
import { FakeClock } from '../../shared/fake_clock'
import type { RemarkOK } from '../../shared/wire.gen'
import { longestRemark, RemarkPad } from './remark'

/** What the server has, and a colleague who may write there. */
class Server {
  there: RemarkOK = { text: '', rev: 0 }
  offline = false
  writes: string[] = []

  read = async (): Promise<RemarkOK> => {
    this.reach()
    return this.there
  }

  write = async (text: string, rev: number): Promise<RemarkOK> => {
    this.reach()
    this.writes.push(text)
    if (text !== this.there.text) {
      if (rev !== this.there.rev) throw new CallError('conflict', 'Somebody has changed it.')
      this.put(text, 'Emma')
    }
    return this.there
  }

  put(text: string, by: string): void {
    this.there = { text, rev: this.there.rev + 1, by, at: '2026-11-27T09:00:00.000Z' }
  }

  private reach(): void {
    if (this.offline) throw new CallError('disconnected', 'There is no connection.')
  }
}

function shelfOf(kept: Map<string, string>) {
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  }
}

async function padOf(server: Server, kept = new Map<string, string>()) {
  const pad = new RemarkPad({ key: 'remark.me.greta', shelf: shelfOf(kept), read: server.read, write: server.write })
  await pad.load()
  return pad
}

/** Lets everything that is under way come to its end. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

test('what is typed is saved by itself, once, after a pause', async () => {
  const clock = new FakeClock()
  const server = new Server()
  const pad = await padOf(server)
  assert.equal(pad.state.value, 'saved')
  pad.type('Likes')
  clock.tick(500)
  pad.type('Likes cups')
  assert.equal(pad.state.value, 'typed')
  clock.tick(799)
  assert.deepEqual(server.writes, [])
  clock.tick(1)
  assert.equal(pad.state.value, 'saving')
  await settled()
  assert.equal(pad.state.value, 'saved')
  assert.deepEqual(server.writes, ['Likes cups'])
  pad.type('Likes cups ')
  assert.equal(pad.state.value, 'saved', 'a space at the end is nothing to save')
  clock.tick(800)
  await settled()
  assert.deepEqual(server.writes, ['Likes cups'])
  clock.stop()
})

test('what is typed while the text before is on its way follows it', async () => {
  const clock = new FakeClock()
  const server = new Server()
  const pad = await padOf(server)
  pad.type('one')
  clock.tick(800)
  pad.type('one two')
  await settled()
  assert.equal(pad.state.value, 'typed')
  clock.tick(800)
  await settled()
  assert.equal(pad.state.value, 'saved')
  assert.deepEqual(server.writes, ['one', 'one two'])
  clock.stop()
})

test('a colleague’s text shows, but not over what somebody is typing', async () => {
  const server = new Server()
  const pad = await padOf(server)
  server.put('Theirs', 'Bo')
  pad.told(1)
  await settled()
  assert.equal(pad.text.value, 'Theirs')
  pad.type('Theirs, and mine')
  server.put('Theirs, changed', 'Bo')
  pad.told(2)
  await settled()
  assert.equal(pad.text.value, 'Theirs, and mine')
  pad.flush()
  await settled()
  assert.equal(pad.state.value, 'conflict')
  assert.equal(pad.theirs.value?.text, 'Theirs, changed')
  assert.equal(server.there.text, 'Theirs, changed', 'nothing is undone before a person has decided')
})

test('a person settles a conflict, over what stands there by then', async () => {
  for (const [wish, want] of [
    ['Theirs\n\nMine', 'Theirs\n\nMine'],
    ['Theirs', 'Theirs'],
    ['Mine', 'Mine'],
  ] as const) {
    const server = new Server()
    const pad = await padOf(server)
    pad.type('Mine')
    server.put('Theirs', 'Bo')
    pad.flush()
    await settled()
    assert.equal(pad.state.value, 'conflict')
    pad.settle(wish)
    await settled()
    assert.equal(pad.state.value, 'saved', wish)
    assert.equal(server.there.text, want)
    assert.equal(pad.text.value, want)
  }
})

test('without a connection it is kept, over a reload too, and saved when there is one', async () => {
  const server = new Server()
  const kept = new Map<string, string>()
  const pad = await padOf(server, kept)
  server.offline = true
  pad.type('Mine')
  pad.flush()
  await settled()
  assert.equal(pad.state.value, 'waiting')
  const after = await padOf(server, kept)
  assert.equal(after.state.value, 'failed')
  server.offline = false
  await after.load()
  assert.equal(after.text.value, 'Mine')
  await settled()
  assert.equal(after.state.value, 'saved')
  assert.equal(server.there.text, 'Mine')
  assert.equal(kept.size, 0)
})

test('what was kept over a reload does not undo what a colleague has written meanwhile', async () => {
  const server = new Server()
  const kept = new Map([['remark.me.greta', JSON.stringify({ text: 'Mine', rev: 0 })]])
  server.put('Theirs', 'Bo')
  const pad = await padOf(server, kept)
  await settled()
  assert.equal(pad.state.value, 'conflict')
  assert.equal(server.there.text, 'Theirs')
  assert.equal(pad.text.value, 'Mine')
  for (const odd of ['', 'null', '[]', '{"text":5,"rev":0}', '{"text":"x"}', 'x']) {
    const fresh = await padOf(server, new Map([['remark.me.greta', odd]]))
    assert.equal(fresh.text.value, 'Theirs', odd)
  }
})

test('a text that is too long is not sent, and not lost', async () => {
  const server = new Server()
  const pad = await padOf(server)
  pad.type('é'.repeat(longestRemark + 1))
  pad.flush()
  await settled()
  assert.equal(pad.state.value, 'typed')
  assert.deepEqual(server.writes, [])
  pad.type('é'.repeat(longestRemark))
  pad.flush()
  await settled()
  assert.equal(pad.state.value, 'saved')
})
