// The lists of the server that this console reads page by page: how far each is loaded, and what of them is here.
import { batch, type Signal, signal } from '@preact/signals'
import type { CallMap, Conversation, InboxFilter, InboxOrder } from '../../shared/wire.gen'
import { belongs } from './filters'
import { type Compare, compareBy, type Sort } from './order'

/** Rows of a first page: what a tall screen shows, and a little. On a slow line it comes before anything else can be read. */
export const firstPage = 25
/** Rows of the pages after it. */
const laterPage = 100
/** Lists that are remembered; the server follows sixteen. */
const keptLists = 12

interface Page {
  state: 'idle' | 'loading' | 'ready' | 'failed'
  /** Where the next page begins; undefined when the list is complete. */
  next?: string
  /** The last row that came, as it was: what stands after it is not loaded yet. */
  edge?: Conversation
  /** The first page has come once. */
  begun?: true
  /** The page that failed: where it begins, undefined for the first. */
  failed?: string | undefined
}

interface List {
  filter: InboxFilter
  sort: Sort
  page: Signal<Page>
  /** Rows that its pages brought. */
  ids: Set<string>
  /** Rows of it have been forgotten while it loaded. */
  stale?: boolean
}

export interface ListsNeeds {
  call(fields: CallMap['inbox']['call']): Promise<CallMap['inbox']['ok']>
  /** Takes rows in. */
  upsert(rows: readonly Conversation[]): void
  rows(): ReadonlyMap<string, Conversation>
  /** The row has not been heard of since this mark; see mark. */
  stale(id: string, mark: number): boolean
  mark(): number
  /** Forgets rows that the server's list does not have where they would stand. */
  forget(ids: readonly string[]): void
  counted(counts: CallMap['counts']['ok']): void
  me(): string
  now(): number
}

export class Lists {
  private readonly all = new Map<string, List>()
  /** What the reader's own scrolling has brought since a hold began. */
  readonly asked = new Set<string>()

  constructor(private readonly needs: ListsNeeds) {}

  state(filters: readonly InboxFilter[], sort: Sort): 'loading' | 'ready' | 'failed' {
    const states = filters.map((f) => this.list(f, sort).page.value.state)
    return states.includes('failed') ? 'failed' : states.every((s) => s === 'ready') ? 'ready' : 'loading'
  }

  /** Whether all of the lists have begun: what came with their first pages is what was asked for, and nothing new. */
  begun(filters: readonly InboxFilter[], sort: Sort): boolean {
    return filters.every((f) => this.list(f, sort).page.value.begun)
  }

  /** Whether a row is on one of the lists, as far as they are loaded. */
  has(row: Conversation, filters: readonly InboxFilter[], sort: Sort, compare: Compare, now: number): boolean {
    const me = this.needs.me()
    return filters.some((f) => {
      if (!belongs(row, f, me, now)) return false
      const { page, ids } = this.list(f, sort)
      return reaches(page.value, ids, row, compare)
    })
  }

  /** Asks for the first page, unless it is here or on its way. */
  begin(filters: readonly InboxFilter[], sort: Sort): void {
    for (const f of filters) {
      const list = this.list(f, sort)
      if (list.page.peek().state === 'idle') void this.load(list, undefined)
    }
  }

  /** Asks for the first pages again, since rows may have changed unseen; other lists when somebody looks at them. */
  reload(filters: readonly InboxFilter[], sort: Sort): void {
    // Whoever follows a list looks it up again when it changes, which puts it at the end of the map: one that is walked through meanwhile has no end.
    batch(() => {
      for (const list of [...this.all.values()]) list.page.value = { ...list.page.peek(), state: 'idle' }
    })
    this.begin(filters, sort)
  }

  /** Loads the next pages, unless they are under way or there are none; after a failure the page that failed. */
  more(filters: readonly InboxFilter[], sort: Sort): void {
    for (const f of filters) {
      const list = this.list(f, sort)
      const { state, next, failed } = list.page.peek()
      if (state === 'loading') continue
      if (state !== 'ready') void this.load(list, state === 'failed' ? failed : undefined)
      else if (next !== undefined) void this.load(list, next)
    }
  }

  /**
   * Rows are forgotten that no list in sight has. Other lists, as far as they are loaded, may: those are asked for again when somebody looks at them, and one
   * that loads when it has come.
   */
  forgot(rows: readonly Conversation[]): void {
    const me = this.needs.me()
    const now = this.needs.now()
    for (const list of [...this.all.values()]) {
      const { filter, sort, page, ids } = list
      const compare = compareBy(sort, now)
      if (!rows.some((row) => belongs(row, filter, me, now) && reaches(page.peek(), ids, row, compare))) continue
      if (page.peek().state === 'loading') {
        list.stale = true
        continue
      }
      ids.clear()
      page.value = { state: 'idle' }
    }
  }

  private list(filter: InboxFilter, sort: Sort): List {
    const key = `${sort} ${JSON.stringify(filter)}`
    let list = this.all.get(key)
    if (list) {
      this.all.delete(key)
    } else {
      list = { filter, sort, page: signal<Page>({ state: 'idle' }), ids: new Set() }
      const oldest = this.all.keys().next().value
      if (this.all.size >= keptLists && oldest !== undefined) this.all.delete(oldest)
    }
    this.all.set(key, list)
    return list
  }

  private async load(list: List, after: string | undefined): Promise<void> {
    const { filter, sort, page } = list
    if (after === undefined) list.stale = false
    page.value = { ...page.peek(), state: 'loading' }
    const order: InboxOrder = sort
    const mark = this.needs.mark()
    try {
      const limit = after === undefined ? firstPage : laterPage
      const ok = await this.needs.call({ filter, order, limit, brief: true, ...(after !== undefined && { after }) })
      batch(() => {
        if (after === undefined) list.ids.clear()
        const from = after === undefined ? undefined : page.peek().edge
        for (const row of ok.conversations) {
          list.ids.add(row.id)
          if (after !== undefined) this.asked.add(row.id)
        }
        this.needs.upsert(ok.conversations)
        const edge = ok.conversations.at(-1)
        this.tidy(list, from, ok.next === undefined ? undefined : edge, mark)
        page.value = { state: 'ready', begun: true, ...(ok.next && { next: ok.next, ...(edge && { edge }) }) }
        if (ok.counts) this.needs.counted(ok.counts)
      })
      if (list.stale) void this.load(list, undefined)
    } catch {
      page.value = { ...page.peek(), state: 'failed', failed: list.stale ? undefined : after }
    }
  }

  // A page says all that stands between two places. What stands there by what is known here, and has not been heard of since the page was asked for, has
  // changed while there was no connection. How long somebody waits is asked of two clocks, which says nothing of the rest.
  private tidy(
    { filter, sort, ids }: List,
    from: Conversation | undefined,
    to: Conversation | undefined,
    mark: number,
  ) {
    if (filter.waiting_s) return
    const now = this.needs.now()
    const compare = compareBy(sort, now)
    const gone: string[] = []
    for (const [id, row] of this.needs.rows()) {
      if (ids.has(id) || !this.needs.stale(id, mark) || !belongs(row, filter, this.needs.me(), now)) continue
      if ((!from || compare(row, from) > 0) && (!to || compare(row, to) < 0)) gone.push(id)
    }
    if (gone.length) this.needs.forget(gone)
  }
}

/** Whether a row of a list stands where it is loaded. */
function reaches({ next, edge }: Page, ids: ReadonlySet<string>, row: Conversation, compare: Compare): boolean {
  // Before the first answer whatever is known is better than nothing.
  return next === undefined || edge === undefined || ids.has(row.id) || compare(row, edge) <= 0
}
