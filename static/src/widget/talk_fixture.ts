// What tests of a Talk share: a browser that is not one, and talks that end with their test.
import assert from 'node:assert/strict'
import { afterEach, beforeEach } from 'node:test'
import { FakeSocket } from '../shared/fake_socket'
import type { Message, Participant } from '../shared/wire.gen'
import * as facts from './facts'
import { Keep } from './keep'
import type { Settings } from './settings'
import { Talk } from './talk'

export const me: Participant = { id: 'v1', kind: 'visitor', name: '', language: 'es', online: true }
export const ann: Participant = { id: 'a1', kind: 'agent', name: 'Ann', language: 'en', online: true }
export const settings = {
  site: { key: 'shop', name: 'Shop', language: 'en', texts: {}, look: {} },
  language: 'en',
} as unknown as Settings

/** The browser's side of the world: made anew for each test. */
export const world = {
  /** What the server answers to the next requests for a session: a token, a code of refusal, or never anything. */
  answers: [] as Array<
    | { token: string; visitor?: string; was?: string; verified?: boolean }
    | { status: number; code: string; detail?: string; retry_after_s?: number }
    | 'never'
  >,
  asked: [] as Array<{ token?: string; identity?: string; languages: string[]; page?: object }>,
  stored: new Map<string, string>(),
  /** What is kept as long as the tab is open. */
  tab: new Map<string, string>(),
  page: new EventTarget(),
  talks: [] as Talk[],
}

/** As far as it is used. */
function storage(kept: () => Map<string, string>) {
  return {
    getItem: (k: string) => kept().get(k) ?? null,
    setItem: (k: string, v: string) => kept().set(k, v),
    removeItem: (k: string) => kept().delete(k),
  }
}

function browser(): void {
  world.stored = new Map()
  world.tab = new Map()
  world.answers = []
  world.asked = []
  FakeSocket.made = []
  world.page = new EventTarget()
  const globals = {
    WebSocket: FakeSocket,
    document: Object.assign(new EventTarget(), { visibilityState: 'visible' }),
    location: { protocol: 'https:', host: 'chat.example' },
    navigator: { onLine: true, languages: ['es-MX', 'en'] },
    localStorage: storage(() => world.stored),
    sessionStorage: storage(() => world.tab),
    addEventListener: world.page.addEventListener.bind(world.page),
    removeEventListener: world.page.removeEventListener.bind(world.page),
    fetch: async (_: string, init: { body: string }) => {
      world.asked.push(JSON.parse(init.body))
      const a = world.answers.shift() ?? { token: 't1' }
      if (a === 'never') return new Promise<Response>(() => {})
      if ('status' in a) return new Response(JSON.stringify(a), { status: a.status })
      const visitor = { ...me, id: a.visitor ?? me.id, verified: a.verified ?? false }
      const ok = {
        token: a.token,
        was: a.was,
        visitor,
        language: 'es',
        site: settings.site,
        open: true,
        conversations: [],
      }
      return new Response(JSON.stringify(ok))
    },
  }
  for (const [name, value] of Object.entries(globals))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
}

/** Lets everything that is ready to run, run. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 30; i++) await new Promise((r) => setImmediate(r))
}

export async function until(what: () => boolean): Promise<void> {
  // A machine may be busy, so not so many times but so long.
  for (const end = Date.now() + 60_000; !what() && Date.now() < end; ) await settle()
  assert.ok(what(), `never came: ${what}`)
}

/** Comes back without the wait, as when the network has returned; until there are n sockets. */
export async function back(n: number): Promise<void> {
  await settle()
  world.page.dispatchEvent(new Event('online'))
  await until(() => FakeSocket.made.length === n)
}

export const talk = () => {
  const t = new Talk(settings, new Keep('shop'))
  t.person.facts = async () => facts
  world.talks.push(t)
  return t
}

// Sockets come back and hearts beat until somebody stops them.
afterEach(async () => {
  for (const t of world.talks) await t.reset()
  world.talks = []
})

export function message(seq: number, author: Participant, more: Partial<Message> = {}): Message {
  const at = '2026-11-22T09:30:00.000Z'
  const text = `line ${seq}`
  return {
    id: `m${seq}`,
    seq,
    rev: seq,
    kind: 'message',
    author,
    at,
    text,
    language: 'es',
    translations: {},
    attachments: [],
    ...more,
  }
}

beforeEach(browser)
