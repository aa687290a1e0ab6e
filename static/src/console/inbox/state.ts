// What the inbox holds: pages asked for per list, rows as they change, and the order that stands still under the pointer.
import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { CallMap, Conversation, InboxFilter } from '../../shared/wire.gen'
import type { Settings } from '../app/settings'
import { type Held, hold, inTab, orderOf, type Tab, tabs } from './order'

/** A list on the server that is read page by page. All is two of them, since the wire asks for one state at a time. */
type Source = 'mine' | 'none' | 'open' | 'snoozed' | 'resolved'

const filters: Record<Source, InboxFilter> = {
  mine: { state: 'open', assignee: 'me' },
  none: { state: 'open', assignee: 'none' },
  open: { state: 'open' },
  snoozed: { state: 'snoozed' },
  resolved: { state: 'resolved' },
}

const sources: Record<Tab, readonly Source[]> = {
  mine: ['mine'],
  unassigned: ['none'],
  all: ['open', 'snoozed'],
  resolved: ['resolved'],
}

interface Page {
  state: 'idle' | 'loading' | 'ready' | 'failed'
  /** Where the next page begins; undefined when the list is complete. */
  next?: string
}

export type ListState = 'loading' | 'ready' | 'failed'

/** A pointer that has not moved for this long, in ms, holds nothing any more: people leave the mouse where it was. */
const holdFor = 8000

export interface InboxNeeds {
  rows: ReadonlySignal<ReadonlyMap<string, Conversation>>
  me: ReadonlySignal<string>
  /** The time, by the minute: snoozed conversations wake by it. */
  minute: ReadonlySignal<number>
  settings: Settings
  call(fields: CallMap['inbox']['call']): Promise<CallMap['inbox']['ok']>
  upsert(rows: readonly Conversation[]): void
}

export class InboxState {
  /** What the list draws. */
  readonly shown: Signal<Held> = signal({ ids: [], fresh: 0 })
  readonly counts: ReadonlySignal<Record<Tab, { n: number; more: boolean }>>
  private readonly pages: Record<Source, Signal<Page>> = {
    mine: signal({ state: 'idle' }),
    none: signal({ state: 'idle' }),
    open: signal({ state: 'idle' }),
    snoozed: signal({ state: 'idle' }),
    resolved: signal({ state: 'idle' }),
  }
  private readonly states: Record<Tab, ReadonlySignal<ListState>>
  private readonly holding = signal(false)
  private holdTimer: ReturnType<typeof setTimeout> | undefined
  private drawn: { tab?: Tab; sort?: string } = {}

  constructor(private readonly needs: InboxNeeds) {
    const { rows, me, settings } = needs
    this.counts = computed(() => {
      const counts = { mine: 0, unassigned: 0, all: 0, resolved: 0 }
      for (const row of rows.value.values())
        for (const tab of tabs) if (inTab(row, tab, me.value, needs.minute.value)) counts[tab]++
      const more = (tab: Tab) => sources[tab].some((s) => this.pages[s].value.next !== undefined)
      return Object.fromEntries(tabs.map((tab) => [tab, { n: counts[tab], more: more(tab) }])) as Record<
        Tab,
        { n: number; more: boolean }
      >
    })
    this.states = Object.fromEntries(tabs.map((tab) => [tab, computed(() => this.stateOf(tab))])) as typeof this.states
    effect(() => {
      const tab = settings.tab.value
      const sort = settings.sort.value
      const wanted = orderOf(rows.value.values(), tab, sort, me.value, needs.minute.value)
      // Another tab or order was asked for by the reader himself: nothing holds it back.
      const held = this.holding.value && this.drawn.tab === tab && this.drawn.sort === sort
      this.drawn = { tab, sort }
      this.shown.value = hold(this.shown.peek().ids, wanted, held)
    })
  }

  state(tab: Tab): ReadonlySignal<ListState> {
    return this.states[tab]
  }

  /** Asks for the first pages again: after every connection, since rows may have changed unseen. */
  reload(): void {
    for (const source of Object.keys(this.pages) as Source[]) {
      const page = this.pages[source]
      const wanted =
        source !== 'resolved' || this.needs.settings.tab.peek() === 'resolved' || page.peek().state !== 'idle'
      if (wanted) void this.load(source, undefined)
    }
  }

  /** Loads the next page of a tab, unless one is under way or there is none. */
  more(tab: Tab): void {
    for (const source of sources[tab]) {
      const { state, next } = this.pages[source].peek()
      if (state === 'loading') continue
      if (state !== 'ready') void this.load(source, undefined)
      else if (next !== undefined) void this.load(source, next)
    }
  }

  /** The pointer is in the list: keep its order. */
  hold(): void {
    this.holding.value = true
    clearTimeout(this.holdTimer)
    this.holdTimer = setTimeout(() => this.release(), holdFor)
  }

  /** Show what waited. Also called when the agent's own key changes something: his own moves are no surprise. */
  release(): void {
    clearTimeout(this.holdTimer)
    this.holding.value = false
  }

  private stateOf(tab: Tab): ListState {
    const states = sources[tab].map((s) => this.pages[s].value.state)
    return states.includes('failed') ? 'failed' : states.every((s) => s === 'ready') ? 'ready' : 'loading'
  }

  private async load(source: Source, after: string | undefined): Promise<void> {
    const page = this.pages[source]
    page.value = { ...page.peek(), state: 'loading' }
    try {
      const ok = await this.needs.call({ filter: filters[source], ...(after !== undefined && { after }) })
      batch(() => {
        this.needs.upsert(ok.conversations)
        page.value = ok.next ? { state: 'ready', next: ok.next } : { state: 'ready' }
      })
    } catch {
      page.value = { ...page.peek(), state: 'failed' }
    }
  }
}
