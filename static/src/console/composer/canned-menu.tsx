// The list that opens above the box when a reply begins with a slash. The keyboard stays in the box: the list is worked with arrow keys from there.
import { type ReadonlySignal, useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Canned, Conversation } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { t } from '../app/words'
import { Icon } from '../ui/icons'
import { type CannedHit, cannedDraft, cannedHits, cannedQuery, fetchCanned } from './canned'
import type { Draft } from './drafts'

export interface CannedMenu {
  hits: readonly CannedHit[]
  at: number
  listId: string
  /** What the box says of the list while it is open. */
  box: Record<string, string>
  /** Whether the list has taken the key. */
  key: (e: KeyboardEvent) => boolean
  choose: (hit: CannedHit | undefined) => void
  point: (i: number) => void
}

/** The list for a box; undefined while it is closed. */
export function useCanned(
  id: string,
  row: Conversation | undefined,
  draft: ReadonlySignal<Draft>,
  writes: string,
  put: (change: Partial<Draft>) => void,
): CannedMenu | undefined {
  const desk = useDesk()
  const all = useSignal<readonly Canned[]>([])
  const at = useSignal(0)
  const closed = useSignal<string | undefined>(undefined)
  const query = useComputed(() => (draft.value.note ? undefined : cannedQuery(draft.value.text))).value
  const asked = query !== undefined && row !== undefined
  const site = row?.site
  // Asked for with each slash: somebody may have approved a text since.
  useEffect(() => {
    if (!asked || site === undefined) return
    let wanted = true
    void fetchCanned(site).then((list) => {
      if (wanted) all.value = list
    })
    return () => {
      wanted = false
    }
  }, [asked, site])
  useEffect(() => {
    at.value = 0
    if (query === undefined) closed.value = undefined
  }, [query])
  if (!asked || closed.value !== undefined) return undefined
  const hits = cannedHits(all.value, query, row, writes, desk.myName.value)
  if (hits.length === 0) return undefined
  const listId = `canned-${id}`
  const place = Math.min(at.value, hits.length - 1)
  const choose = (hit: CannedHit | undefined) => hit && put(cannedDraft(hit, row, desk.language.value))
  return {
    hits,
    at: place,
    listId,
    box: { 'aria-controls': listId, 'aria-activedescendant': `${listId}-${place}`, 'aria-autocomplete': 'list' },
    choose,
    point: (i) => {
      at.value = i
    },
    key: (e) => {
      if (e.isComposing || e.ctrlKey || e.metaKey || e.altKey) return false
      if (e.key === 'ArrowDown') at.value = (place + 1) % hits.length
      else if (e.key === 'ArrowUp') at.value = (place - 1 + hits.length) % hits.length
      else if ((e.key === 'Enter' || e.key === 'Tab') && !e.shiftKey) choose(hits[place])
      else if (e.key === 'Escape') closed.value = query
      else return false
      e.preventDefault()
      e.stopPropagation()
      return true
    },
  }
}

export function CannedList({ menu }: { menu: CannedMenu }): JSX.Element {
  return (
    <div class="options canned" role="listbox" id={menu.listId} aria-label={t('canned')}>
      {menu.hits.map((hit, i) => (
        <div
          key={hit.name}
          id={`${menu.listId}-${i}`}
          role="option"
          tabIndex={-1}
          aria-selected={i === menu.at}
          onPointerMove={() => menu.point(i)}
          // The box keeps the focus.
          onPointerDown={(e) => e.preventDefault()}
          onClick={() => menu.choose(hit)}
          onKeyDown={(e) => e.key === 'Enter' && menu.choose(hit)}
        >
          <bdi class="canned-name">/{hit.name}</bdi>
          <span class="canned-text" dir="auto" lang={hit.language} translate={false}>
            {hit.text}
          </span>
          {hit.approved !== undefined && (
            <span class="tag">
              <Icon name="check" size={14} /> {t('canned.approved')}
            </span>
          )}
        </div>
      ))}
    </div>
  )
}
