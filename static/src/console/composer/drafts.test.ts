import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { FakeClock } from '../../shared/fake_clock'
import {
  checkedDraft,
  type Draft,
  type DraftChannel,
  type DraftShelf,
  Drafts,
  draftPause,
  emptyDraft,
  type KeptDraft,
  leftDrafts,
  leftLength,
  succeeding,
  textIn,
  turned,
} from './drafts'

/** A disk, and the tabs that share it. */
class Disk implements DraftShelf {
  readonly kept = new Map<string, KeptDraft>()
  readonly tabs: DraftChannel[] = []
  full = false

  async all(agent: string): Promise<KeptDraft[]> {
    return [...this.kept.values()].filter((k) => k.agent === agent)
  }

  async put(kept: KeptDraft): Promise<KeptDraft | undefined> {
    if (this.full) throw new Error('QuotaExceededError')
    const there = this.kept.get(kept.agent + kept.conversation)
    const next = succeeding(kept, there)
    if (!next) return there
    this.kept.set(kept.agent + kept.conversation, structuredClone(next))
    return undefined
  }

  tab(): DraftChannel {
    const tab: DraftChannel = {
      onmessage: null,
      close: () => this.tabs.splice(this.tabs.indexOf(tab), 1),
      postMessage: () => {
        for (const other of this.tabs) if (other !== tab) other.onmessage?.({} as MessageEvent)
      },
    }
    this.tabs.push(tab)
    return tab
  }
}

const settle = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve()
}

/** As localStorage: the keys are its own, and nothing else is. */
class Left {
  getItem(key: string): string | null {
    return Object.entries(this).find(([k]) => k === key)?.[1] ?? null
  }

  setItem(key: string, value: string): void {
    Object.assign(this, { [key]: value })
  }

  removeItem(key: string): void {
    Reflect.deleteProperty(this, key)
  }
}

function begin(t: TestContext) {
  const clock = new FakeClock()
  t.after(() => clock.stop())
  const disk = new Disk()
  const left = new Left()
  const open = (agent = 'emma') => {
    const heard: string[] = []
    const drafts = new Drafts({ agent, shelf: disk, channel: disk.tab(), left, changed: (_, d) => heard.push(d.text) })
    return { drafts, heard }
  }
  const pass = async (ms = draftPause) => {
    clock.tick(ms)
    await settle()
  }
  return { disk, left, open, pass, clock }
}

const of = (text: string): Draft => ({ text, note: false })

test('a draft is kept half a second after the first letter, and outlives the page with all that belongs to it', async (t) => {
  const { disk, open, pass } = begin(t)
  const { drafts } = open()
  await drafts.ready
  const draft: Draft = {
    text: 'Hello',
    note: true,
    language: 'fr',
    reviewed: { of: 'Hello', language: 'es', text: 'Hola' },
    template: { own: 'a', theirs: 'b', language: 'es' },
    caret: [1, 2],
  }
  drafts.set('c1', of('H'))
  await pass(draftPause - 1)
  assert.equal(disk.kept.size, 0)
  drafts.set('c1', draft)
  await pass(1)
  const again = open()
  await again.drafts.ready
  assert.deepEqual(again.drafts.get('c1'), draft)
  assert.deepEqual(again.heard, ['Hello'])
})

test('drafts are one agent’s own', async (t) => {
  const { open, pass } = begin(t)
  open().drafts.set('c1', of('mine'))
  await pass()
  const lucia = open('lucia').drafts
  await lucia.ready
  assert.equal(lucia.get('c1'), emptyDraft)
})

test('a page that goes keeps at once what it has', async (t) => {
  const { disk, open } = begin(t)
  const { drafts } = open()
  drafts.set('c1', of('one'))
  drafts.set('c2', of('two'))
  await drafts.flush()
  assert.equal(disk.kept.size, 2)
  drafts.set('c1', of('more'))
  drafts.close()
  await settle()
  assert.equal(disk.kept.get('emmac1')?.draft.text, 'more')
})

test('another tab shows what is written here, and that it was sent', async (t) => {
  const { open, pass } = begin(t)
  const here = open()
  const there = open()
  here.drafts.set('c1', of('Hello'))
  await pass()
  assert.equal(there.drafts.get('c1').text, 'Hello')
  there.drafts.set('c1', of('Hello you'))
  await pass()
  assert.equal(here.drafts.get('c1').text, 'Hello you')
  here.drafts.set('c1', of(''))
  await pass()
  assert.equal(there.drafts.get('c1').text, '')
})

test('of what is written in two tabs at once nothing is lost', async (t) => {
  const { disk, open, pass } = begin(t)
  const here = open()
  const there = open()
  await Promise.all([here.drafts.ready, there.drafts.ready])
  here.drafts.set('c1', of('from here'))
  there.drafts.set('c1', of('from there'))
  await pass()
  await pass()
  const kept = disk.kept.get('emmac1')?.draft
  assert.deepEqual([kept?.text, kept?.aside].sort(), ['from here', 'from there'])
  for (const { drafts } of [here, there]) assert.deepEqual(drafts.get('c1'), kept)
})

test('what was typed before the disk had answered is no less', async (t) => {
  const { open, pass } = begin(t)
  open().drafts.set('c1', of('of yesterday'))
  await pass()
  const { drafts } = open()
  drafts.set('c1', of('typed at once'))
  await drafts.ready
  assert.deepEqual(drafts.get('c1'), { ...of('typed at once'), aside: 'of yesterday' })
})

test('what one types while it is being kept is not taken for another’s', async (t) => {
  const { open, pass } = begin(t)
  const { drafts } = open()
  open()
  for (const text of ['a', 'ab', 'abc', 'abcd']) {
    drafts.set('c1', of(text))
    const kept = pass()
    drafts.set('c1', of(`${text}!`))
    await kept
    assert.deepEqual(drafts.get('c1'), of(`${text}!`))
  }
})

test('what is just being kept is not replaced by what another tab has kept', async (t) => {
  const { disk, open, pass } = begin(t)
  const here = open()
  await here.drafts.ready
  here.drafts.set('c1', of('from here'))
  // The disk has ours before it, and is slow to say that another tab was first.
  const put = disk.put.bind(disk)
  let answer = () => {}
  disk.put = async (kept) => {
    await put({ ...kept, tab: 'there', draft: of('from there') })
    await new Promise<void>((done) => (answer = done))
    return put(kept)
  }
  await pass()
  disk.put = put
  disk.tab().postMessage('c1')
  await settle()
  answer()
  await settle()
  assert.equal(here.drafts.get('c1').text, 'from here')
  await pass()
  await pass()
  const kept = disk.kept.get('emmac1')?.draft
  assert.deepEqual([kept?.text, kept?.aside], ['from here', 'from there'])
})

test('where storage refuses, a draft still outlives a change of conversation', async (t) => {
  const { disk, open, pass } = begin(t)
  disk.full = true
  const { drafts } = open()
  drafts.set('c1', of('kept'))
  await pass()
  assert.equal(drafts.get('c1').text, 'kept')
})

test('what could not be kept is not replaced by another tab unasked', async (t) => {
  const { disk, open, pass } = begin(t)
  const here = open().drafts
  await here.ready
  disk.full = true
  here.set('c1', of('typed here'))
  await pass()
  disk.full = false
  open().drafts.set('c1', of('typed there'))
  await pass()
  assert.equal(here.get('c1').text, 'typed here')
  assert.equal(here.get('c1').aside, 'typed there')
})

test('who has left hears nothing of the drafts that somebody else sees now', async (t) => {
  const { disk, open, pass } = begin(t)
  const { drafts, heard } = open()
  await drafts.ready
  drafts.set('c1', of('hers'))
  // A second tab of hers was quicker.
  await disk.put({ agent: 'emma', conversation: 'c1', rev: 1, tab: 'x', at: 0, draft: of('hers, there') })
  drafts.close()
  await pass()
  assert.deepEqual(heard, [])
})

test('what is odd on the shelf is no draft', () => {
  for (const odd of [undefined, null, [], { text: 5 }, 'x', { note: true }]) assert.equal(checkedDraft(odd), undefined)
  assert.deepEqual(checkedDraft({ text: 'a', reviewed: { text: 1 }, template: {}, caret: ['x', 1], aside: 7 }), of('a'))
})

/** A page that goes before the disk has anything of what it hands over. */
function dies(disk: Disk, drafts: Drafts): void {
  const { put } = disk
  disk.put = () => new Promise(() => {})
  void drafts.flush()
  disk.put = put
}

test('what was typed right before the page went is there in the next', async (t) => {
  const { disk, left, open, pass } = begin(t)
  const { drafts } = open()
  await drafts.ready
  drafts.set('c1', of('Hello'))
  await pass()
  drafts.set('c1', of('Hello you'))
  drafts.set('c2', of('another'))
  dies(disk, drafts)
  assert.equal(disk.kept.get('emmac1')?.draft.text, 'Hello')
  const again = open()
  await again.drafts.ready
  assert.deepEqual(again.heard, ['Hello you', 'another'])
  assert.deepEqual(
    [...disk.kept.values()].map((k) => k.draft.text),
    ['Hello you', 'another'],
  )
  assert.deepEqual(Object.keys(left), [])
})

test('what was sent right before the page went does not come back', async (t) => {
  const { disk, open, pass } = begin(t)
  const { drafts } = open()
  await drafts.ready
  drafts.set('c1', of('Hello'))
  await pass()
  drafts.set('c1', of(''))
  dies(disk, drafts)
  const again = open()
  await again.drafts.ready
  assert.equal(again.drafts.get('c1').text, '')
})

test('what was typed while the disk was busy is left with the rest', async (t) => {
  const { disk, open, pass, clock } = begin(t)
  const { drafts } = open()
  await drafts.ready
  drafts.set('c1', of('Hel'))
  // The disk has it, and the page goes before it hears of that.
  const put = disk.put.bind(disk)
  disk.put = async (kept) => {
    await put(kept)
    return new Promise(() => {})
  }
  await pass()
  disk.put = put
  clock.tick(1)
  drafts.set('c1', of('Hello'))
  dies(disk, drafts)
  const again = open()
  await again.drafts.ready
  assert.deepEqual(again.drafts.get('c1'), of('Hello'))
})

test('what is kept while the one before is still being kept is kept on top of it', async (t) => {
  const { disk, open } = begin(t)
  const { drafts } = open()
  await drafts.ready
  drafts.set('c1', of('a'))
  const first = drafts.flush()
  drafts.set('c1', of('ab'))
  await Promise.all([first, drafts.flush()])
  const kept = disk.kept.get('emmac1')
  assert.deepEqual([kept?.draft.text, kept?.rev], ['ab', 2])
})

test('what a page has left does not replace what another tab wrote after it', async (t) => {
  const { disk, open, pass } = begin(t)
  const here = open()
  const there = open()
  await Promise.all([here.drafts.ready, there.drafts.ready])
  here.drafts.set('c1', of('from here'))
  dies(disk, here.drafts)
  there.drafts.set('c1', of('from there'))
  await pass(1)
  await there.drafts.flush()
  const again = open()
  await again.drafts.ready
  for (const { drafts } of [again, there])
    assert.deepEqual(drafts.get('c1'), { ...of('from there'), aside: 'from here' })
})

test('nothing is left once the disk has it', async (t) => {
  const { left, open } = begin(t)
  const { drafts } = open()
  await drafts.ready
  drafts.set('c1', of('Hello'))
  const flushed = drafts.flush()
  assert.equal(Object.keys(left).length, 1)
  await flushed
  assert.deepEqual(Object.keys(left), [])
})

test('what is left is one agent’s own, of moderate size, and may be odd', async (t) => {
  const { disk, left, open } = begin(t)
  const { drafts } = open()
  await drafts.ready
  for (let n = 0; n < leftDrafts + 5; n++) drafts.set(`c${n}`, of(`text ${n}`))
  drafts.set('long', of('x'.repeat(leftLength)))
  drafts.set('c0', of('typed last'))
  dies(disk, drafts)
  const [key = ''] = Object.keys(left)
  assert.equal(JSON.parse(left.getItem(key) ?? '').length, leftDrafts)
  left.setItem(`${key}1`, 'odd')
  left.setItem(`${key}2`, JSON.stringify([null, 7, { conversation: 'c1' }, { conversation: 'c1', draft: { text: 7 } }]))
  const lucia = open('lucia')
  await lucia.drafts.ready
  assert.deepEqual(lucia.heard, [])
  const again = open()
  await again.drafts.ready
  assert.equal(again.heard.length, leftDrafts)
  assert.equal(again.heard.at(-1), 'typed last')
  assert.deepEqual(Object.keys(left), [])
})

test('where the disk refuses, what was left is the next page’s to keep', async (t) => {
  const { disk, left, open } = begin(t)
  disk.full = true
  const { drafts } = open()
  await drafts.ready
  drafts.set('c1', of('Hello'))
  await drafts.flush()
  const again = open()
  await again.drafts.ready
  assert.deepEqual(again.heard, ['Hello'])
  await again.drafts.flush()
  assert.equal(Object.keys(left).length, 1)
})

test('a note and a reply do not become each other', () => {
  const reply: Draft = { text: 'It leaves', note: false, since: 4, caret: [2, 2] }
  const noting = turned(reply, true)
  assert.deepEqual([noting.text, noting.note, textIn(noting, false)], ['', true, 'It leaves'])
  assert.deepEqual(turned(noting, false), reply)

  const both = turned({ ...noting, text: 'Check the stock', aside: 'from another tab' }, false)
  assert.deepEqual(both, { ...reply, aside: 'from another tab', other: { text: 'Check the stock' } })
  assert.deepEqual(checkedDraft(JSON.parse(JSON.stringify(both))), both)
  assert.equal(turned(both, false), both)
  for (const other of [5, 'x', { text: 5 }, { note: true }]) assert.deepEqual(checkedDraft({ ...reply, other }), reply)
})

test('who has chosen the language of answers still writes in it after a note', () => {
  const spanish: Draft = { text: '', note: false, language: 'es' }
  const noting = turned(spanish, true)
  assert.equal(noting.language, undefined)
  assert.deepEqual(turned({ ...noting, text: '' }, false), spanish)
})

test('a note and a reply that are written in two tabs at once do not become each other either', async (t) => {
  for (const note of [true, false]) {
    const { disk, open, pass } = begin(t)
    const here = open()
    const there = open()
    await Promise.all([here.drafts.ready, there.drafts.ready])
    here.drafts.set('c1', { text: 'from here', note, other: { text: 'waits here' } })
    there.drafts.set('c1', { text: 'from there', note: !note, other: { text: 'waits there' } })
    await pass()
    await pass()
    const kept = disk.kept.get('emmac1')?.draft
    assert.ok(kept)
    const written = (mode: boolean) => [textIn(kept, mode), kept.note === mode ? (kept.aside ?? '') : ''].join(' ')
    for (const text of ['from here', 'waits there']) assert.match(written(note), new RegExp(text))
    for (const text of ['from there', 'waits here']) assert.match(written(!note), new RegExp(text))
    for (const { drafts } of [here, there]) assert.deepEqual(drafts.get('c1'), kept)
  }
})
