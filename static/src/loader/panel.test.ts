import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Launcher } from './launcher'
import { Notebook } from './memory'
import { panelOf } from './panel'
import type { Fact, Site, ToFrame } from './site'

/** As much of a browser as a panel touches until its frame is there; the frame's end of the port comes out of `ported`. */
function browser() {
  let ported: (port: MessagePort) => void
  const port = new Promise<MessagePort>((r) => {
    ported = r
  })
  const element = () => {
    const el = {
      style: {},
      append: () => {},
      addEventListener: (_: string, f: () => void) => f(),
      contentWindow: { postMessage: (_: string, __: string, [p]: [MessagePort]) => ported(p) },
    }
    return el
  }
  const globals = {
    window: new EventTarget(),
    document: { createElement: element, title: 'Shop' },
    location: { href: 'https://shop.example/' },
    matchMedia: () => ({ matches: false }),
    localStorage: { getItem: () => null },
  }
  for (const [name, value] of Object.entries(globals))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  return port
}

test('a page that tells of every step in it does not push out who the visitor is', async () => {
  const port = browser()
  const box = Object.assign(new EventTarget(), { prepend: () => {} })
  const panel = panelOf({
    origin: 'https://chat.example',
    site: { key: 'shop', name: 'Shop' } as Site,
    tag: { lang: undefined, position: undefined, color: undefined, z: 1 },
    launcher: { host: {}, button: new EventTarget(), box } as unknown as Launcher,
    notebook: new Notebook('shop'),
    tell: () => {},
  })
  panel.say('identify', { jwt: 'a.b.c' })
  for (let n = 0; n < 200; n++) {
    panel.say('page', { url: `https://shop.example/${n}` })
    panel.say('cart', { items: [{ name: `${n}` }] })
  }
  panel.say('attributes', { plan: 'gold' })
  panel.load()
  const frame = await port
  const heard = new Promise<ToFrame>((r) => frame.addEventListener('message', (e) => r(e.data)))
  frame.start()
  frame.postMessage({ type: 'ready' })
  const { said } = (await heard) as ToFrame & { said: Fact[] }
  frame.close()
  assert.deepEqual(
    said.map(([what]) => what),
    ['identify', 'page', 'cart', 'attributes'],
  )
  assert.deepEqual(said[1]?.[1], { url: 'https://shop.example/199' })
})
