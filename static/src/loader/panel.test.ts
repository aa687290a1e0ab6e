import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import type { Launcher } from './launcher'
import { notebookOf } from './memory'
import { panelOf } from './panel'
import type { Fact, Site, ToFrame } from './site'
import { greeting } from './site'

/** As much of a browser as a panel touches. `load` is the frame's event; each brings another end of a port. */
function browser(onLine = true) {
  const ports: MessagePort[] = []
  const told: unknown[] = []
  const load: Array<() => void> = []
  const pages: string[] = []
  const made: Array<{ className: string }> = []
  const element = () => ({
    className: '',
    style: {},
    append: () => {},
    focus: () => {},
    remove: () => {},
    addEventListener: (_: string, f: () => void) => {
      load.push(f)
      f()
    },
    contentWindow: {
      postMessage: (word: string, origin: string, [p]: [MessagePort]) => {
        told.push([word, origin])
        ports.push(p)
      },
    },
  })
  const globals = {
    window: Object.assign(new EventTarget(), { open: (url: string) => pages.push(url) }),
    navigator: { onLine },
    document: {
      createElement: () => {
        const el = element()
        made.push(el)
        return el
      },
    },
    Document: { prototype: { title: 'Shop' } },
    location: { href: 'https://shop.example/' },
    matchMedia: () => Object.assign(new EventTarget(), { matches: false }),
    localStorage: { getItem: () => null },
    sessionStorage: { getItem: () => null },
  }
  for (const [name, value] of Object.entries(globals))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  return { ports, told, pages, load: () => load[0]!(), looks: () => made[0]!.className }
}

function made(tell: (what: string) => void = () => {}) {
  const box = Object.assign(new EventTarget(), { prepend: () => {} })
  const button = Object.assign(new EventTarget(), { focus: () => {} })
  return panelOf({
    origin: 'https://chat.example',
    site: { key: 'shop', name: 'Shop' } as Site,
    tag: { lang: undefined, position: undefined, color: undefined, z: 1 },
    launcher: { host: {}, button, box, setOpen: () => {} } as unknown as Launcher,
    notebook: notebookOf('shop'),
    tell,
  })
}

/** What the frame hears next on a port. */
function next(port: MessagePort): Promise<ToFrame> {
  port.start()
  return new Promise((r) => port.addEventListener('message', (e) => r(e.data), { once: true }))
}

test('a page that tells of every step in it does not push out who the visitor is', async () => {
  const { ports } = browser()
  const panel = made()
  panel.say('identify', { jwt: 'a.b.c' })
  for (let n = 0; n < 200; n++) {
    panel.say('page', { url: `https://shop.example/${n}` })
    panel.say('cart', { items: [{ name: `${n}` }] })
  }
  panel.say('attributes', { plan: 'gold' })
  panel.load()
  const frame = ports[0]!
  const heard = next(frame)
  frame.postMessage({ type: 'ready' })
  const { said } = (await heard) as ToFrame & { said: Fact[] }
  frame.close()
  assert.deepEqual(
    said.map(([what]) => what),
    ['identify', 'page', 'cart', 'attributes'],
  )
  assert.deepEqual(said[1]?.[1], { url: 'https://shop.example/199' })
})

test('what a frame says while it is given another port is heard, and it hears of what became of it', async () => {
  const { ports, load, looks } = browser()
  let closed = () => {}
  const close = new Promise<void>((r) => {
    closed = r
  })
  const panel = made((what) => what === 'close' && closed())
  panel.open()
  const [first] = ports
  const heard = next(first!)
  assert.equal(looks(), 'panel', 'until there is something to see, the button to close it stays')
  first!.postMessage({ type: 'ready' })
  assert.equal((await heard).type, 'init')
  assert.equal(looks(), 'panel up')

  load()
  first!.postMessage({ type: 'close' })
  await close
  const second = ports[1]!
  const types: string[] = []
  const all = new Promise<void>((r) => second.addEventListener('message', (e) => types.push(e.data.type) === 2 && r()))
  second.start()
  second.postMessage({ type: 'ready' })
  await all
  assert.deepEqual(types, ['init', 'close'])
  panel.destroy()
})

test('a frame that does not come is begun anew, and where there is a network, shown as a page of its own', () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  const count = (told: string[], what: string) => told.filter((t) => t === what).length
  for (const onLine of [false, true]) {
    const { ports, pages } = browser(onLine)
    const told: string[] = []
    const panel = made((what) => told.push(what))
    panel.open()
    panel.close()
    panel.open()
    assert.equal(ports.length, 2, 'it is loaded anew for who has closed it')
    mock.timers.tick(12_000)
    assert.equal(count(told, 'close'), 2)
    panel.open()
    assert.deepEqual([ports.length, pages], onLine ? [2, ['https://chat.example/chat/shop']] : [3, []])
    panel.destroy()
    for (const port of ports) port.close()
  }
  mock.timers.reset()
})

test('the port is for the chat server alone: what else may have loaded in the frame gets nothing', () => {
  const { ports, told } = browser()
  const panel = made()
  panel.load()
  assert.deepEqual(told, [[greeting, 'https://chat.example']])
  ports[0]!.close()
  panel.destroy()
})

test('what the page said of its visitor is forgotten with him, and is what it was when it was said', async () => {
  const { ports } = browser()
  const panel = made()
  panel.say('identify', { jwt: 'a.b.c' })
  panel.unsay()
  const cart = { items: [{ name: 'tea' }] }
  panel.say('cart', cart)
  cart.items[0]!.name = 'coffee'
  const circle: Record<string, unknown> = {}
  circle.circle = circle
  assert.throws(() => panel.say('cart', circle))
  panel.load()
  const heard = next(ports[0]!)
  ports[0]!.postMessage({ type: 'ready' })
  const { said } = (await heard) as ToFrame & { said: Fact[] }
  ports[0]!.close()
  panel.destroy()
  assert.deepEqual(said, [['cart', { items: [{ name: 'tea' }] }]])
})
