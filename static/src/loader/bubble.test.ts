import assert from 'node:assert/strict'
import { beforeEach, mock, test } from 'node:test'
import { bubble } from './bubble'
import type { Launcher } from './launcher'
import { notebookOf } from './memory'
import type { Panel } from './panel'
import type { Site } from './site'

interface FakeButton {
  type: string
  dir: string
  textContent: string
  ariaLabel?: string
  click(): void
}

/** As much of a browser as the bubble touches, made anew for each test. */
const world = {
  stored: new Map<string, string>(),
  shown: [] as Array<{ lang: string; buttons: FakeButton[] }>,
  opened: 0,
  focused: 0,
  tellOpen: () => {},
}

beforeEach(() => {
  mock.timers.reset()
  mock.timers.enable({ apis: ['setTimeout'] })
  Object.assign(world, { stored: new Map(), shown: [], opened: 0, focused: 0, tellOpen: () => {} })
  const element = () => {
    const listeners: Array<() => void> = []
    const el = {
      buttons: [] as FakeButton[],
      append: (b: FakeButton) => el.buttons.push(b),
      addEventListener: (_: string, f: () => void) => listeners.push(f),
      click: () => {
        for (const f of listeners) f()
      },
      remove: () => {
        world.shown = world.shown.filter((s) => s !== (el as unknown))
      },
    }
    return el
  }
  const globals = {
    localStorage: {
      getItem: (k: string) => world.stored.get(k) ?? null,
      setItem: (k: string, v: string) => world.stored.set(k, v),
      removeItem: (k: string) => world.stored.delete(k),
    },
    sessionStorage: { getItem: () => null },
    document: { createElement: element },
  }
  for (const [name, value] of Object.entries(globals))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
})

/** A page with the launcher, whose visitor prefers these languages. */
function page(wishes: string[], texts: Record<string, [string, string]>, connected = true): void {
  const launcher = {
    host: { isConnected: connected },
    box: { prepend: (el: never) => world.shown.push(el) },
    button: {
      focus: () => {
        world.focused++
      },
    },
  }
  const panel = {
    open: () => {
      world.opened++
      world.tellOpen()
    },
  }
  const site = { key: 'shop', language: 'de', bubble: { after: 20, texts } } as unknown as Site
  bubble(site, wishes, launcher as unknown as Launcher, notebookOf('shop'), panel as unknown as Panel, (_, f) => {
    world.tellOpen = () => f(undefined)
  })
}

const texts: Record<string, [string, string]> = { de: ['Fragen?', 'Schließen'], fr: ['Des questions ?', 'Fermer'] }

test('the bubble comes after its time, in the first language that there is one in', () => {
  page(['fr-CA', 'de'], texts)
  mock.timers.tick(19_999)
  assert.equal(world.shown.length, 0)
  mock.timers.tick(1)
  const [one] = world.shown
  assert.equal(one?.lang, 'fr')
  assert.deepEqual(
    one?.buttons.map((b) => b.ariaLabel ?? b.textContent),
    ['Des questions ?', 'Fermer'],
  )
  assert.equal(world.stored.size, 0, 'something is stored before the visitor has acted')
  assert.equal(world.focused, 0)
})

test('who dismisses it never sees it again', () => {
  page(['de'], texts)
  mock.timers.tick(20_000)
  world.shown[0]!.buttons[1]!.click()
  assert.equal(world.shown.length, 0)
  assert.equal(world.focused, 1, 'the focus was on what is gone')
  assert.equal(world.stored.get('dragoman.shop'), '{"quiet":true}')
  page(['de'], texts)
  mock.timers.tick(60_000)
  assert.equal(world.shown.length, 0)
  // "Sign out" is no wish to be spoken to.
  notebookOf('shop').write({ live: false, token: '' })
  page(['de'], texts)
  mock.timers.tick(60_000)
  assert.equal(world.shown.length, 0)
})

test('who opens the chat needs no word of it, by the bubble or before it comes', () => {
  page(['de'], texts)
  mock.timers.tick(20_000)
  world.shown[0]!.buttons[0]!.click()
  assert.deepEqual([world.opened, world.shown.length], [1, 0])
  world.stored.clear()
  page(['de'], texts)
  world.tellOpen()
  mock.timers.tick(60_000)
  assert.equal(world.shown.length, 0)
})

test('there is none for who talks to us already, in no language, and in no page that has let the widget go', () => {
  world.stored.set('dragoman.shop', '{"live":true}')
  page(['de'], texts)
  mock.timers.tick(60_000)
  assert.equal(world.shown.length, 0)
  world.stored.clear()
  page(['ja'], texts)
  page(['de'], texts, false)
  mock.timers.tick(60_000)
  assert.equal(world.shown.length, 0)
})
