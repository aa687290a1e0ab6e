// What a list is narrowed to. Filters stand in the address and on the shelf as the text of a query; the server does the selecting, and the same rules say of a row that
// has changed whether it still belongs.
import type { Conversation, InboxFilter } from '../../shared/wire.gen'
import { isOpen, type Tab, tabs } from './order'

export interface Filters {
  /** Key of a site. */
  site?: string
  language?: string
  tag?: string
  state?: 'open' | 'snoozed' | 'resolved'
  /** Who has it: me, none, or the id of an agent. */
  holder?: string
  /** Whose visitor has waited for at least so many seconds. */
  waiting?: number
}

export const filterNames = ['site', 'state', 'language', 'tag', 'waiting', 'holder'] as const
export type FilterName = (typeof filterNames)[number]

/** How long somebody has waited, to choose from, in seconds. */
export const waitings: readonly number[] = [60, 300, 900, 3600]

const states = ['open', 'snoozed', 'resolved'] as const

/** Reads what an address or the shelf says. What makes no sense is left out. */
export function readFilters(query: string): Filters {
  const said = new URLSearchParams(query)
  const filters: Filters = {}
  for (const name of ['site', 'language', 'tag', 'holder'] as const) {
    const value = said.get(name)
    if (value && value.length <= 100) filters[name] = value
  }
  const state = states.find((s) => s === said.get('state'))
  if (state) filters.state = state
  const waiting = Number(said.get('waiting'))
  if (Number.isSafeInteger(waiting) && waiting > 0) filters.waiting = waiting
  return filters
}

/** The tab that an address names. */
export function readTab(query: string): Tab | undefined {
  const said = new URLSearchParams(query).get('tab')
  return tabs.find((tab) => tab === said)
}

/** Filters as an address has them, in one order; nothing for none. */
export function writeFilters(filters: Filters): string {
  const query = new URLSearchParams()
  for (const name of filterNames) if (filters[name] !== undefined) query.set(name, String(filters[name]))
  return query.toString()
}

/** The filters that count in a tab: Mine and Unassigned say themselves who has it. */
export function filtersOf(tab: Tab, filters: Filters): Filters {
  if (tab !== 'mine' && tab !== 'unassigned') return filters
  const { holder: _, ...rest } = filters
  return rest
}

/** What the server is asked for: each is a list of its own. Mine are those that one has, and those to which one was added. */
export function wireFilters(tab: Tab, all: Filters): InboxFilter[] {
  const { site, language, tag, state, holder, waiting } = filtersOf(tab, all)
  const common: InboxFilter = {
    ...(site && { site }),
    ...(language && { language }),
    ...(tag && { tag }),
    ...(waiting && { waiting_s: waiting }),
  }
  switch (tab) {
    case 'mine': {
      const mine = { ...common, state: state ?? 'open' }
      return [
        { ...mine, assignee: 'me' },
        { ...mine, invited: 'me' },
      ]
    }
    case 'unassigned':
      return [{ ...common, state: state ?? 'open', assignee: 'none' }]
    case 'all':
      return [{ ...common, ...(state ? { state } : { unresolved: true }), ...(holder && { assignee: holder }) }]
    case 'mentions':
      return [{ ...common, mentioned: true, ...(state && { state }), ...(holder && { assignee: holder }) }]
  }
}

/** Whether a row belongs on a list of the server's, as the server would say; me is the agent's id, now the time in ms. */
export function belongs(row: Conversation, f: InboxFilter, me: string, now: number): boolean {
  if (f.site && f.site !== row.site) return false
  if (f.state === 'open' && !isOpen(row, now)) return false
  if (f.state === 'snoozed' && (row.state !== 'snoozed' || isOpen(row, now))) return false
  if (f.state === 'resolved' && row.state !== 'resolved') return false
  if (!f.state && f.unresolved && row.state === 'resolved') return false
  if (f.assignee === 'none' ? row.assignee : f.assignee && row.assignee !== (f.assignee === 'me' ? me : f.assignee))
    return false
  if (f.invited && !row.invited?.includes(me)) return false
  if (f.language && f.language !== row.language) return false
  if (f.tag && !row.tags.some((tag) => tag.toLowerCase() === f.tag?.toLowerCase())) return false
  if (f.mentioned && !row.mentioned?.includes(me)) return false
  return !f.waiting_s || (!!row.waiting_since && now - Date.parse(row.waiting_since) >= f.waiting_s * 1000)
}
