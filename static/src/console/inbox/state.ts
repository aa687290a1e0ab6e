// What the inbox shows: the chosen list as far as it is loaded, in an order that stands still while somebody is in it.
import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { CallMap, Conversation, InboxFilter } from '../../shared/wire.gen'
import type { Settings } from '../app/settings'
import { Counts } from './counts'
import { filtersOf, wireFilters } from './filters'
import { Lists } from './lists'
import { compareBy, type Held, hold, isOpen, longestFirst, newestFirst, type Sort, type Tab } from './order'

export interface InboxNeeds {
  rows: ReadonlySignal<ReadonlyMap<string, Conversation>>
  me: ReadonlySignal<string>
  /** The time, by the second and by the minute: snoozed conversations wake by it. */
  now: ReadonlySignal<number>
  minute: ReadonlySignal<number>
  settings: Settings
  call<C extends 'inbox' | 'counts'>(call: C, fields: CallMap[C]['call']): Promise<CallMap[C]['ok']>
  upsert(rows: readonly Conversation[]): void
  mark(): number
  stale(id: string, mark: number): boolean
  forget(ids: readonly string[]): void
}

/** Resolved conversations that are kept although no list shows them: a day resolves more than a page should remember. */
export const keptResolved = 200

/** How far one can walk along those who wait, of each kind. */
const waitingRows = 50

/** Who is in the list: the pointer, or the keyboard. */
export type Holder = 'pointer' | 'keys'

/** The list of everything that is not resolved: followed always, so that sounds and pins hear of what no tab shows. */
const everything: InboxFilter = { unresolved: true }

export class InboxState {
  /** What the list draws. */
  readonly shown: Signal<Held> = signal({ ids: [], fresh: 0 })
  readonly counts: Counts
  /** What the server is asked for: one list, or two that are shown as one. */
  readonly filters: ReadonlySignal<readonly InboxFilter[]>
  readonly sort: ReadonlySignal<Sort>
  readonly state: ReadonlySignal<'loading' | 'ready' | 'failed'>
  private readonly lists: Lists
  private readonly holders = new Set<Holder>()
  private readonly held: Signal<boolean> = signal(false)
  private readonly wanted: ReadonlySignal<readonly string[]>
  private drawn = ''

  constructor(private readonly needs: InboxNeeds) {
    const { rows, me, settings, minute, now } = needs
    this.counts = new Counts(
      () => needs.call('counts', {}),
      () => me.peek(),
    )
    this.lists = new Lists({
      ...needs,
      call: (fields) => needs.call('inbox', fields),
      rows: () => rows.peek(),
      counted: (counts) => this.counts.set(counts),
      me: () => me.peek(),
      now: () => now.peek(),
    })
    this.filters = computed(() => wireFilters(settings.tab.value, settings.filters.value))
    // Nobody waits in a resolved conversation.
    this.sort = computed(() =>
      filtersOf(settings.tab.value, settings.filters.value).state === 'resolved' ? 'newest' : settings.sort.value,
    )
    this.state = computed(() => this.lists.state(this.filters.value, this.sort.value))
    this.wanted = computed(() => {
      const filters = this.filters.value
      const at = filters.some((f) => f.waiting_s) ? now.value : minute.value
      me.value
      const compare = compareBy(this.sort.value, at)
      const kept: Conversation[] = []
      for (const row of rows.value.values())
        if (this.lists.has(row, filters, this.sort.value, compare, at)) kept.push(row)
      return kept.sort(compare).map((row) => row.id)
    })
    effect(() => {
      const list = `${this.sort.value} ${JSON.stringify(this.filters.value)}`
      // Another list was asked for by the reader himself: nothing holds it back.
      const held = this.held.value && this.drawn === list
      if (!held) this.lists.asked.clear()
      this.drawn = this.lists.begun(this.filters.value, this.sort.value) ? list : ''
      this.shown.value = hold(this.shown.peek(), this.wanted.value, held, this.lists.asked)
    })
  }

  /** How many a tab has by the server's count, with those of Mine to which one was only added; undefined until it has said. */
  count(tab: Tab): number | undefined {
    const counts = this.counts.value.value
    if (!counts || tab !== 'mine') return counts?.[tab]
    const me = this.needs.me.value
    let invited = 0
    for (const row of this.needs.rows.value.values())
      if (row.assignee !== me && row.invited?.includes(me) && isOpen(row, this.needs.minute.value)) invited++
    return counts.mine + invited
  }

  /** Asks for the chosen list, if it is not here. */
  begin(): void {
    this.lists.begin(this.filters.value, this.sort.value)
  }

  /** Asks for the first pages again: after every connection, since rows may have changed unseen. */
  reload(): void {
    this.lists.reload(this.filters.peek(), this.sort.peek())
    if (JSON.stringify(this.filters.peek()) !== JSON.stringify([everything]))
      this.needs.call('inbox', { filter: everything, limit: 1, brief: true }).catch(() => {})
  }

  /** Loads the next page of the chosen list, unless one is under way or there is none. */
  more(): void {
    this.lists.more(this.filters.peek(), this.sort.peek())
  }

  /** One's own and nobody's whose customers wait, the longest first. */
  async waiting(): Promise<Conversation[]> {
    const ask = (assignee: string) =>
      this.needs.call('inbox', {
        filter: { state: 'open', assignee, waiting_s: 1 },
        order: 'waiting',
        limit: waitingRows,
        brief: true,
        once: true,
      })
    const [mine, nobodys] = await Promise.all([ask('me'), ask('none')])
    const now = this.needs.now.peek()
    return [...mine.conversations, ...nobodys.conversations].sort((a, b) => longestFirst(a, b, now))
  }

  /** Conversations in whose visitor's name or last line a text stands, the latest first; also those that no list here has. */
  async find(text: string, limit: number): Promise<Conversation[]> {
    const ok = await this.needs.call('inbox', { filter: { text }, limit, brief: true, once: true })
    return ok.conversations
  }

  /** Forgets resolved conversations beyond keptResolved, those that rest the longest first; lists that had them are asked for again when they are looked at. */
  trim(): void {
    const used = new Set([...this.shown.peek().ids, ...this.wanted.peek()])
    const spare = [...this.needs.rows.peek().values()].filter((row) => row.state === 'resolved' && !used.has(row.id))
    if (spare.length <= keptResolved) return
    const gone = spare.sort(newestFirst).slice(keptResolved)
    batch(() => {
      this.lists.forgot(gone)
      this.needs.forget(gone.map((row) => row.id))
    })
  }

  /** Somebody is in the list: keep its order. */
  hold(who: Holder): void {
    this.holders.add(who)
    this.held.value = true
  }

  /** He has left it: show what waited, if nobody else is there. */
  leave(who: Holder): void {
    this.holders.delete(who)
    this.held.value = this.holders.size > 0
  }

  /** Show what waited, whoever is in the list: the agent's own moves are no surprise to him. */
  release(): void {
    this.held.value = false
    this.held.value = this.holders.size > 0
  }
}
