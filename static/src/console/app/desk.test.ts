import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { signal } from '@preact/signals'
import { CallError } from '../../shared/client'
import type { NewLine } from '../../shared/outbox'
import type { Colleague, Conversation, SetState, StateOK } from '../../shared/wire.gen'
import { row } from '../inbox/fixture'
import type { Desk } from './desk'
import { emmasDesk } from './fixture'
import { t } from './words'

// The server is asked for its numbers a while later; here only what is seen at once is looked at.
mock.timers.enable({ apis: ['setTimeout'] })

/** A desk with one conversation, and the numbers of the server. */
function counted(there: Conversation, answer?: Conversation): Desk {
  const desk = emmasDesk(() => answer)
  desk.rows.upsert([there])
  desk.inbox.counts.set({ mine: 1, unassigned: 20, all: 30, mentions: 0 })
  return desk
}

const counts = (desk: Desk) => [desk.inbox.count('mine'), desk.inbox.count('unassigned'), desk.inbox.count('all')]
const hers = row('a', { assignee: 'emma', rev: 2, head: 2 })

test('a conversation that one takes by answering is counted as soon as its own event tells, and once', () => {
  const desk = counted(row('a'))
  desk.chats.rooms.take({ event: 'conversation', conversation: 'a', prev: 0, rev: 2, row: hers })
  assert.deepEqual(counts(desk), [2, 19, 30])
  desk.told([hers]) // the inbox tells it again, later
  assert.deepEqual(counts(desk), [2, 19, 30])
})

test('a conversation that is pinned, and given by a colleague, is told by whichever event comes first, and once', () => {
  for (const first of ['conversation', 'inbox']) {
    const desk = counted(row('a', { assignee: 'tom' }))
    const told: string[] = []
    desk.given.subscribe((all) => void told.push(...all.map((g) => `${g.row.id} ${g.how}`)))
    const event = (name: string) =>
      name === 'inbox'
        ? (desk as unknown as { event(frame: unknown): void }).event({ event: 'inbox', conversations: [hers] })
        : void desk.chats.rooms.take({ event: 'conversation', conversation: 'a', prev: 0, rev: 2, row: hers })
    event(first)
    event(first === 'inbox' ? 'conversation' : 'inbox')
    assert.deepEqual(told, ['a given'], first)
  }
})

test('a conversation of hers that is opened, or that she takes herself, is not told as given', async () => {
  const opened = emmasDesk()
  opened.chats.rooms.take({ event: 'conversation', conversation: 'a', prev: 0, rev: 2, row: hers })
  assert.deepEqual(opened.given.peek(), [])
  const taken = counted(row('a'), hers)
  await taken.act.take('a')
  taken.chats.rooms.take({ event: 'conversation', conversation: 'a', prev: 0, rev: 2, row: hers })
  assert.deepEqual(taken.given.peek(), [])
})

test('what one does oneself is counted with its answer', async () => {
  const taken = counted(row('a'), hers)
  await taken.act.take('a')
  assert.deepEqual(counts(taken), [2, 19, 30])
  const resolved = counted(hers, { ...hers, state: 'resolved', rev: 3, head: 3 })
  await resolved.act.resolve('a')
  assert.deepEqual(counts(resolved), [0, 20, 29])
})

/** Two conversations of hers, the first open. `answer` is what the server says to `state`. */
function two(answer: () => unknown) {
  const [a, b] = [row('a', { assignee: 'emma' }), row('b', { assignee: 'emma', rev: 2 })]
  const desk = emmasDesk((call) => (call === 'state' ? answer() : call === 'waiting' ? { conversations: [b] } : {}))
  desk.rows.upsert([a, b])
  desk.open('a')
  // Where one is, each time that a way ends, and where it was to lead.
  const ends: unknown[] = []
  let way = desk.underWay.peek()
  desk.underWay.subscribe((now) => {
    if (way && !now) ends.push([way.to, desk.current.peek()])
    way = now
  })
  return { desk, ends }
}

test('a way ends where it leads to, so that what was typed on it is written there', async () => {
  const { desk, ends } = two(() => row('a', { assignee: 'emma', state: 'resolved', rev: 3 }))
  Object.assign(desk.inbox, { shown: signal({ ids: ['a', 'b'] }) })
  await desk.act.resolve('a')
  assert.deepEqual(ends, [['b', 'b']])
})

/** A desk with one pinned conversation that was `was` before each change of its state; what is asked of the state, and the last notice. */
function putAway(was: StateOK['was'], refuse?: () => void) {
  const asked: Partial<SetState>[] = []
  const desk = emmasDesk((call, fields) => {
    if (call !== 'state') return {}
    const { conversation: _, ...rest } = fields as SetState
    asked.push(rest)
    if (asked.length > 1) refuse?.()
    const rev = 1 + asked.length
    return row('a', { assignee: 'emma', state: rest.state, rev, head: rev, ...(was && { was }) } as Partial<StateOK>)
  })
  desk.rows.upsert([row('a', { assignee: 'emma' }), row('b')])
  for (const id of ['a', 'b']) desk.pins.add(id)
  const undo = async () => {
    const { run, works } = await import('../keys/run')
    desk.leave()
    assert.equal(works(desk, 'undo'), true)
    run(desk, 'undo')
    assert.deepEqual([works(desk, 'undo'), desk.notices.current.peek()], [false, undefined])
    for (let i = 0; i < 5; i++) await new Promise((r) => setImmediate(r))
  }
  return { desk, asked, undo }
}

const soon = new Date(Date.now() + 60_000).toISOString()
const resolve = (desk: Desk) => desk.act.resolve('a')
const snooze = (desk: Desk) => desk.act.snooze('a', new Date(soon))

test('what is resolved or snoozed can be taken back: it is what it was, as it was answered, before one’s eyes and in its place', async () => {
  for (const put of [resolve, snooze])
    for (const [was, asks] of [
      [{ state: 'open' }, { state: 'open', rev: 2 }],
      [
        { state: 'snoozed', until: soon },
        { state: 'snoozed', until: soon, rev: 2 },
      ],
      // A sleep that is over by now.
      [
        { state: 'snoozed', until: '2026-01-01T00:00:00.000Z' },
        { state: 'open', rev: 2 },
      ],
    ] as [StateOK['was'], unknown][]) {
      const { desk, asked, undo } = putAway(was)
      assert.equal(await put(desk), true)
      assert.deepEqual(desk.pins.list.peek(), ['b'])
      assert.equal('was' in (desk.rows.peek().get('a') ?? {}), false, 'a row is a row')
      await undo()
      assert.deepEqual(asked.slice(1), [asks])
      assert.deepEqual([desk.current.peek(), desk.pins.list.peek()], ['a', ['a', 'b']])
    }
})

test('what somebody has changed since stays so, which is told with a way there; and what was so already is nothing to take back', async () => {
  const { desk, asked, undo } = putAway({ state: 'open' }, () => {
    throw new CallError('conflict', 'It has changed.')
  })
  await resolve(desk)
  assert.equal(desk.notices.current.peek()?.text, t('resolved.name', { name: '\u2068a\u2069' }))
  await undo()
  assert.deepEqual([asked.length, desk.current.peek(), desk.pins.list.peek()], [2, undefined, ['b']])
  const { text, kind, action } = desk.notices.current.peek() ?? {}
  assert.deepEqual([text, kind], [t('undo.other'), 'error'])
  const { run } = await import('../keys/run')
  run(desk, 'undo')
  assert.equal(desk.current.peek(), undefined, 'a way there is nothing that is taken back')
  action?.run()
  assert.equal(desk.current.peek(), 'a')
  const late = putAway(undefined)
  await resolve(late.desk)
  assert.deepEqual([late.desk.notices.current.peek()?.action, late.asked.length], [undefined, 1])
})

test('what a colleague who is added is to know is a note that calls him', async () => {
  const desk = emmasDesk((call) => (call === 'invite' ? row('a', { invited: ['bo'], rev: 2, head: 2 }) : {}))
  desk.rows.upsert([row('a')])
  const sent: unknown[] = []
  desk.sending.add = ({ text, note, calls }) => {
    sent.push({ text, note, calls })
    return undefined
  }
  const bo = { id: 'bo', name: 'Bo', role: 'agent', languages: ['es'], status: 'available', online: true, open: 0 }
  assert.equal(await desk.act.invite('a', bo as Colleague, 'Please read along'), true)
  assert.equal(await desk.act.invite('a', bo as Colleague, ''), true)
  assert.deepEqual(sent, [{ text: 'Please read along', note: true, calls: ['bo'] }])
})

test('what is read is unread no more, also where no inbox tells it', () => {
  const desk = emmasDesk()
  const ended = row('a', { state: 'resolved', unread: 2, seq: 7 })
  desk.rows.upsert([ended])
  desk.chats.rooms.upsert('a', undefined, ended)
  const by = { id: 'emma', kind: 'agent', name: 'Emma', language: 'en', online: true } as const
  desk.chats.rooms.take({ event: 'read', conversation: 'a', participant: by, seq: 6 })
  assert.equal(desk.rows.peek().get('a')?.unread, 2, 'not all of it')
  desk.chats.rooms.take({ event: 'read', conversation: 'a', participant: by, seq: 7 })
  assert.equal(desk.rows.peek().get('a')?.unread, 0)
})

test('next is who waits longest, whether he is hers or nobody’s', async () => {
  const since = (minute: number) => `2026-11-22T10:0${minute}:00Z`
  const lists: Record<string, Conversation[]> = {
    me: [
      row('b', { assignee: 'emma', waiting_since: since(2) }),
      row('d', { assignee: 'emma', waiting_since: since(4) }),
    ],
    none: [row('a', { waiting_since: since(1) }), row('c', { waiting_since: since(3) })],
  }
  const desk = emmasDesk((_, fields) => ({
    conversations: lists[(fields as { filter: { assignee: string } }).filter.assignee] ?? [],
  }))
  assert.deepEqual(
    (await desk.inbox.waiting()).map((r) => r.id),
    ['a', 'b', 'c', 'd'],
  )
})

test('a way that is refused, or was left, leads nowhere', async () => {
  const refused = two(() => {
    throw new Error('refused')
  })
  assert.equal(await refused.desk.act.resolve('a'), false)
  assert.deepEqual(refused.ends, [[undefined, 'a']])

  const left = two(() => row('a', { assignee: 'emma', state: 'resolved', rev: 3 }))
  const done = left.desk.act.resolve('a')
  left.desk.stay()
  assert.equal(await done, true)
  assert.deepEqual(left.ends, [[undefined, 'a']])
  assert.equal(left.desk.current.peek(), 'a')
})

/** Sends a last word from the first of two conversations. `become` is what becomes of it: stored, or not. */
function lastWord(answer: () => unknown) {
  const { desk, ends } = two(answer)
  Object.assign(desk.inbox, { shown: signal({ ids: ['a', 'b'] }) })
  let become: (stored: boolean) => void = () => {}
  const add = (line: NewLine) => {
    assert.equal(line.resolves, true)
    return 'key'
  }
  Object.assign(desk.sending, { add, stored: () => new Promise((r) => (become = r)) })
  desk.act.sendAndResolve('a', { text: 'Bye', note: false, language: 'en' })
  const settled = async (stored: boolean) => {
    become(stored)
    // Who is answered tells it, here as in any other page.
    if (stored) (desk.sending as unknown as { lastWord(id: string): void }).lastWord('a')
    for (let i = 0; i < 10; i++) await Promise.resolve()
  }
  return { desk, ends, settled }
}

test('who sends a last word is in the next conversation at once, and the end follows when the line is stored', async () => {
  const { desk, ends, settled } = lastWord(() => row('a', { assignee: 'emma', state: 'resolved', rev: 3, head: 3 }))
  assert.equal(desk.current.peek(), 'b')
  assert.deepEqual(ends, [], 'nothing is waited for')
  assert.equal(desk.rows.peek().get('a')?.state, 'open')
  await settled(true)
  assert.equal(desk.rows.peek().get('a')?.state, 'resolved')
  assert.equal(desk.current.peek(), 'b')
})

test('a last word that is not sent, or an end that is refused, is told with a way back', async () => {
  for (const stored of [false, true]) {
    const { desk, settled } = lastWord(() => {
      throw new Error('refused')
    })
    await settled(stored)
    const notice = desk.notices.current.peek()
    assert.equal(notice?.kind, 'error')
    assert.equal(desk.rows.peek().get('a')?.state, 'open')
    notice?.action?.run()
    assert.equal(desk.current.peek(), 'a')
  }
})

test('who is back in the conversation when its last word is stored stays there', async () => {
  const { desk, settled } = lastWord(() => row('a', { assignee: 'emma', state: 'resolved', rev: 3, head: 3 }))
  desk.open('a')
  await settled(true)
  assert.equal(desk.rows.peek().get('a')?.state, 'resolved')
  assert.equal(desk.current.peek(), 'a')
})

test('who was writing goes on in the box of the next, and who was not has its keys', () => {
  const { desk } = two(() => undefined)
  desk.open('b')
  assert.equal(desk.focusOn.peek(), undefined)
  Object.assign(document, { activeElement: { matches: (selector: string) => selector === '.box textarea' } })
  desk.open('a')
  assert.deepEqual(desk.focusOn.peek(), { on: 'box' })
})

test('a box takes the focus by a click, unless something was selected there that still is', () => {
  const { desk } = two(() => undefined)
  Object.defineProperty(globalThis, 'matchMedia', { value: () => ({ matches: true }), configurable: true })
  const mark = { seq: 1, letters: 0 }
  desk.selections.set('b', { from: mark, to: mark, text: 'Guten' })
  desk.open('b', 'click')
  assert.equal(desk.focusOn.peek(), undefined)
  assert.equal(desk.selections.get('b')?.elseBox, true)
  desk.open('a', 'click')
  assert.deepEqual(desk.focusOn.peek(), { on: 'box' })
})

test('what was selected, and where one was, outlives neither the conversation nor the agent', () => {
  const { desk } = two(() => undefined)
  const inner = desk as unknown as {
    gone(id: string): void
    greeted(ok: unknown, restored: boolean): void
    begin(): void
  }
  inner.begin = () => {} // opens what is kept in the browser
  const mark = { seq: 1, letters: 0 }
  const kept = () => [[...desk.selections.keys()], [...desk.places.keys()]]
  for (const id of ['a', 'b']) {
    desk.selections.set(id, { from: mark, to: mark, text: 'Guten' })
    desk.places.set(id, { seq: 1, top: 0 })
  }
  inner.gone('b')
  assert.deepEqual(kept(), [['a'], ['a']])
  inner.greeted({ ...desk.hello.peek() }, false)
  assert.deepEqual(kept(), [['a'], ['a']])
  inner.greeted({ ...desk.hello.peek(), agent: { id: 'tom', name: 'Tom', role: 'agent' } }, false)
  assert.deepEqual(kept(), [[], []])
})

test('lists show how a draft begins, except of the conversation whose box is seen', () => {
  const desk = emmasDesk()
  assert.equal(desk.draft('a'), '')
  desk.drafts.set('a', { text: '  ', note: true })
  assert.equal(desk.draft('a'), '')
  desk.drafts.set('a', { text: ` Hello ${'x'.repeat(200)}`, note: false })
  assert.equal(desk.draft('a'), `Hello ${'x'.repeat(154)}`)
  desk.current.value = 'a'
  desk.pane.value = 'talk'
  assert.equal(desk.draft('a'), '')
  desk.pane.value = 'list' // on a phone, by the browser's way back
  assert.notEqual(desk.draft('a'), '')
})
