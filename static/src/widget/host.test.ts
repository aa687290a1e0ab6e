import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ToFrame } from '../loader/site'
import { greeting } from '../loader/site'
import { Host } from './host'

const shop = 'https://shop.example'

/** As much of a window as a frame touches that waits for its port: `says` is what another window says to it. */
function framed(origins: readonly string[]) {
  let says: (e: object) => void = () => {}
  const parent = {}
  const globals = {
    window: { parent },
    addEventListener: (_: string, f: (e: object) => void) => {
      says = f
    },
  }
  for (const [name, value] of Object.entries(globals))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  const heard: ToFrame[] = []
  const host = new Host()
  host.listen(origins, (m) => heard.push(m))
  return { host, heard, parent, says: (e: object) => says(e) }
}

/** A port that keeps what was told through it. */
function port() {
  const told: unknown[] = []
  const p = {
    told,
    closed: false,
    onmessage: (_: object) => {},
    postMessage: (m: unknown) => told.push(m),
    close: () => {
      p.closed = true
    },
  }
  return p
}

test('a port is taken from the page around the frame, if it is one of the site, with the first word', () => {
  const { host, heard, parent, says } = framed([shop])
  const bad = port()
  const good = { source: parent, origin: shop, data: greeting }
  for (const [what, e] of Object.entries({
    'another window of the shop, such as a frame beside this one': { ...good, source: {}, ports: [bad] },
    'a page that was opened from here': { ...good, source: null, ports: [bad] },
    'a page of somebody else': { ...good, origin: 'https://evil.example', ports: [bad] },
    'one whose origin begins as the shop does': { ...good, origin: `${shop}.evil.example`, ports: [bad] },
    'a page in a sandbox': { ...good, origin: 'null', ports: [bad] },
    'another word': { ...good, data: { type: 'init' }, ports: [bad] },
    'no port': { ...good, ports: [] },
  })) {
    says(e)
    host.tell({ type: 'unread', n: 1 })
    assert.deepEqual(bad.told, [], what)
  }
  const first = port()
  host.name('Chat', 'Close', 'en')
  says({ ...good, ports: [first] })
  assert.deepEqual(first.told, [{ type: 'ready' }, { type: 'name', open: 'Chat', close: 'Close', language: 'en' }])
  first.onmessage({ data: { type: 'close' } })
  assert.deepEqual(heard, [{ type: 'close' }])
})

test('a frame that gets another port lets go of the one before', () => {
  const { host, parent, says } = framed([shop])
  const [first, second] = [port(), port()]
  for (const p of [first, second]) says({ source: parent, origin: shop, data: greeting, ports: [p] })
  host.tell({ type: 'unread', n: 1 })
  assert.equal(first.closed, true)
  assert.deepEqual([first.told.length, second.told.length], [1, 2])
})
