// The list that opens above the box when a reply begins with a slash. The keyboard stays in the box: the list is worked with arrow keys from there.
import { type ReadonlySignal, useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Canned, Conversation } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { languageName, sameLanguage } from '../app/languages'
import { t } from '../app/words'
import { Marked } from '../thread/marked'
import { Icon } from '../ui/icons'
import { type BoxList, boxList } from './box-list'
import { type CannedHit, cannedHits, cannedQuery, fetchCanned, openIn, valuesOf } from './canned'
import type { Draft } from './drafts'

export interface CannedMenu extends BoxList<CannedHit> {
  /** The language of the customer. */
  customer: string
}

/** The list for a box; undefined while it is closed, 'coming' until it is known what there is, 'none' if there is nothing. */
export function useCanned(
  id: string,
  row: Conversation | undefined,
  draft: ReadonlySignal<Draft>,
  writes: string,
  chosen: (hit: CannedHit) => void,
): CannedMenu | 'coming' | 'none' | undefined {
  const desk = useDesk()
  const all = useSignal<readonly Canned[] | undefined>(undefined)
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
  if (!all.value) return 'coming'
  const values = valuesOf(row, desk.chats.room(id).value.messages, desk.myName.value)
  const hits = cannedHits(all.value, query, row.language, writes, values)
  if (hits.length === 0) return all.value.length === 0 ? 'none' : undefined
  const choose = (hit: CannedHit | undefined) => hit && chosen(hit)
  const close = () => {
    closed.value = query
  }
  return { ...boxList(`canned-${id}`, hits, at, choose, close), customer: row.language }
}

/** Who types a slash and has no replies yet is told where they come from. */
export function NoCanned(): JSX.Element {
  const desk = useDesk()
  return (
    <p class="canned-none" role="status">
      {t('empty.canned.title')}{' '}
      <button type="button" class="link" onClick={() => desk.go('canned')}>
        {t('canned')}
      </button>
    </p>
  )
}

export function CannedList({ menu }: { menu: CannedMenu }): JSX.Element {
  const list = useRef<HTMLDivElement>(null)
  // The pointer is where it is: what it points at is in sight, and must not move under it.
  const pointed = useRef(-1)
  useLayoutEffect(() => {
    if (pointed.current !== menu.at) list.current?.children[menu.at]?.scrollIntoView({ block: 'nearest' })
    pointed.current = -1
  }, [menu.at])
  const hit = menu.hits[menu.at]
  return (
    <>
      <div ref={list} class="options canned" role="listbox" id={menu.listId} aria-label={t('canned')}>
        {menu.hits.map((hit, i) => (
          <div
            key={hit.name}
            id={`${menu.listId}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === menu.at}
            onPointerMove={() => {
              if (i === menu.at) return
              pointed.current = i
              menu.point(i)
            }}
            // The box keeps the focus.
            onPointerDown={(e) => e.preventDefault()}
            onClick={() => menu.choose(hit)}
            onKeyDown={(e) => e.key === 'Enter' && menu.choose(hit)}
          >
            <bdi class="canned-name">/{hit.name}</bdi>
            <span class="canned-text" dir="auto" lang={hit.language} translate={false}>
              {hit.text}
            </span>
            {hit.approved !== undefined && openIn(hit.approved).length === 0 && (
              <span class="tag">
                <Icon name="check" size={14} /> {t('canned.approved')}
              </span>
            )}
          </div>
        ))}
      </div>
      {hit && <Both hit={hit} customer={menu.customer} />}
    </>
  )
}

/** The chosen reply whole, in the agent's language and in the customer's. */
function Both({ hit, customer }: { hit: CannedHit; customer: string }): JSX.Element {
  return (
    <div class="canned-both">
      <Side text={hit.text} language={hit.language} />
      {hit.approved !== undefined ? (
        <Side text={hit.approved} language={customer} />
      ) : (
        !sameLanguage(hit.language, customer) && (
          <p class="preview-none">{t('canned.translated', { language: languageName(customer) })}</p>
        )
      )}
    </div>
  )
}

function Side({ text, language }: { text: string; language: string }): JSX.Element {
  return (
    <div>
      <span class="second-label">{languageName(language)}</span>
      <p lang={language} dir="auto" translate={false}>
        {text.split(/(\{(?:name|order|agent)\})/).map((part, i) =>
          i % 2 ? (
            <mark key={i} class="open-variable">
              {part}
            </mark>
          ) : (
            <Marked key={i} text={part} />
          ),
        )}
      </p>
    </div>
  )
}
