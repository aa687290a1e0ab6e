// The list that opens above the box when a reply begins with a slash. The keyboard stays in the box: the list is worked with arrow keys from there.
import { type ReadonlySignal, useComputed, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Canned, Conversation } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { CannedList, parts } from '../app/parts'
import { type BoxList, boxList } from './box-list'
import { type CannedHit, cannedHits, cannedQuery, fetchCanned, valuesOf } from './canned'
import type { Draft } from './drafts'

export interface CannedMenu extends BoxList<CannedHit> {
  /** The language of the customer. */
  customer: string
}

/** The list for a box; undefined while it is closed or cannot be had, 'coming' until it is known what there is, 'none' if there is nothing, 'unfit' if nothing fits. */
export function useCanned(
  id: string,
  row: Conversation | undefined,
  draft: ReadonlySignal<Draft>,
  writes: string,
  chosen: (hit: CannedHit) => void,
): CannedMenu | 'coming' | 'none' | 'unfit' | undefined {
  const desk = useDesk()
  const all = useSignal<readonly Canned[] | 'failed' | undefined>(undefined)
  const at = useSignal(0)
  const closed = useSignal<string | undefined>(undefined)
  const query = useComputed(() => (draft.value.note ? undefined : cannedQuery(draft.value.text))).value
  const asked = query !== undefined && row !== undefined
  const site = row?.site
  // Asked for with each slash: somebody may have approved a text since.
  useEffect(() => {
    if (!asked || site === undefined) return
    let wanted = true
    const over = parts.want(CannedList.part)
    if (all.peek() === 'failed') all.value = undefined
    void fetchCanned(site).then((list) => {
      // What was there with the slash before is better than nothing.
      if (wanted) all.value = list ?? all.peek() ?? 'failed'
    })
    return () => {
      wanted = false
      over()
    }
  }, [asked, site])
  useEffect(() => {
    at.value = 0
    if (query === undefined) closed.value = undefined
  }, [query])
  if (!asked || closed.value !== undefined || all.value === 'failed' || CannedList.part.absent.value) return undefined
  if (!all.value || !CannedList.part.module.value) return 'coming'
  const values = valuesOf(row, desk.chats.room(id).value.messages, desk.myName.value)
  const hits = cannedHits(all.value, query, row.language, writes, values)
  if (hits.length === 0) return all.value.length === 0 ? 'none' : 'unfit'
  const choose = (hit: CannedHit | undefined) => hit && chosen(hit)
  const close = () => {
    closed.value = query
  }
  return { ...boxList(`canned-${id}`, hits, at, choose, close), customer: row.language }
}
