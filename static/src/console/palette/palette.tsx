// One field for everything that can be reached: conversations, loaded or not, and what can be done.
import { useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import type { Canned, Conversation } from '../../shared/wire.gen'
import { type Desk, useDesk } from '../app/desk'
import { shelf } from '../app/shelf'
import { t } from '../app/words'
import { fetchCanned } from '../composer/canned'
import { Icon } from '../ui/icons'
import { LanguageChip } from '../ui/marks'
import { rank, recently, remembered } from './rank'
import { actions, canned, conversation, type Hit, loaded, settings } from './sources'

/** Those who wait that are offered before anything is typed. */
const waitingShown = 4
/** A pause in typing, in ms, after which the server is asked; and for how many. */
const pause = 150
const asked = 10

export default function Palette(): JSX.Element {
  const desk = useDesk()
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  const typed = useSignal('')
  const at = useSignal(0)
  const come = useSignal<Come>({ rows: [], canned: [], recent: readRecent(desk) })
  const hits = useComputed(() => find(desk, typed.value, come.value))
  const site = desk.row(desk.current.value)?.site
  useEffect(() => {
    if (site) void fetchCanned(site).then((all) => (come.value = { ...come.peek(), canned: all ?? [] }))
  }, [site])
  const query = typed.value.trim()
  useEffect(() => {
    if (query === '') return
    let wanted = true
    const timer = setTimeout(() => {
      // Without a connection what is loaded has to do.
      desk.inbox.find(query, asked).then(
        (rows) => {
          if (wanted) come.value = { ...come.peek(), rows }
        },
        () => {},
      )
    }, pause)
    return () => {
      wanted = false
      clearTimeout(timer)
    }
  }, [query])

  useEffect(() => {
    dialog.current?.showModal()
  }, [])

  const choose = (hit: Hit | undefined) => {
    if (!hit) return
    keepRecent(desk, recently(come.peek().recent, hit.key))
    dialog.current?.close()
    hit.run()
  }
  const option = (i: number) => `${id}-${i}`
  const go = (i: number) => {
    at.value = i
    document.getElementById(option(i))?.scrollIntoView({ block: 'nearest' })
  }
  return (
    <dialog
      ref={dialog}
      class="palette"
      aria-label={t('palette.name')}
      onClose={() => desk.closed('palette')}
      closedby="any"
      onKeyDown={(e) => {
        if (e.isComposing) return
        const n = hits.value.length
        if (e.key === 'ArrowDown') go((at.value + 1) % Math.max(1, n))
        else if (e.key === 'ArrowUp') go((at.value - 1 + n) % Math.max(1, n))
        else if (e.key === 'Enter') choose(hits.value[at.value])
        else return
        e.preventDefault()
      }}
    >
      <div class="palette-field">
        <Icon name="search" />
        <input
          autofocus
          type="text"
          role="combobox"
          aria-label={t('palette.name')}
          aria-expanded="true"
          aria-controls={id}
          aria-autocomplete="list"
          aria-activedescendant={hits.value.length ? option(at.value) : undefined}
          placeholder={t('palette.hint')}
          autocomplete="off"
          spellcheck={false}
          value={typed.value}
          onInput={(e) => {
            typed.value = e.currentTarget.value
            at.value = 0
          }}
        />
        <kbd>Esc</kbd>
      </div>
      <div class="options" role="listbox" id={id} aria-label={t('palette.name')}>
        {hits.value.map((hit, i) => (
          <div
            key={hit.key}
            id={option(i)}
            role="option"
            tabIndex={-1}
            aria-selected={i === at.value}
            onPointerMove={() => (at.value = i)}
            onClick={() => choose(hit)}
            onKeyDown={(e) => e.key === 'Enter' && choose(hit)}
          >
            {hit.language !== undefined ? <LanguageChip tag={hit.language} /> : <Icon name={hit.icon ?? 'to'} />}
            <bdi class="hit-text">{hit.text}</bdi>
            {hit.hint && (
              <span class="hit-hint" dir="auto">
                {hit.hint}
              </span>
            )}
            {hit.caps && (
              <span class="caps">
                {hit.caps.map((cap, i) => (
                  <kbd key={`${i}${cap}`}>{cap}</kbd>
                ))}
              </span>
            )}
          </div>
        ))}
      </div>
      {hits.value.length === 0 && <p class="none">{t('palette.none', { text: typed.value.trim() })}</p>}
    </dialog>
  )
}

/** What the server and the shelf know beside what is loaded. */
interface Come {
  /** Conversations that fit what is typed, wherever they stand. */
  rows: readonly Conversation[]
  canned: readonly Canned[]
  recent: readonly string[]
}

function find(desk: Desk, typed: string, come: Come): Hit[] {
  const query = typed.trim()
  const here = loaded(desk)
  const known = new Set(here.map((row) => row.id))
  const rows = [...here, ...come.rows.filter((row) => !known.has(row.id))].map((row) => conversation(desk, row))
  const rest = [...actions(desk), ...canned(desk, come.canned), ...settings(desk)]
  // Without a query: those of lately, a few of those who wait, and then what can be done.
  const few = query === '' ? rows.filter((row, i) => i < waitingShown || come.recent.includes(row.key)) : rows
  return rank([...few, ...rest], query, come.recent)
}

const shelfKey = (agent: string) => `dragoman.palette.${agent}`

function readRecent(desk: Desk): string[] {
  try {
    const read: unknown = JSON.parse(shelf()?.getItem(shelfKey(desk.myId.peek())) ?? '[]')
    return Array.isArray(read) ? read.filter((k) => typeof k === 'string').slice(0, remembered) : []
  } catch {
    return []
  }
}

function keepRecent(desk: Desk, recent: readonly string[]): void {
  try {
    shelf()?.setItem(shelfKey(desk.myId.peek()), JSON.stringify(recent))
  } catch {
    // Refused or full: the order is the usual one next time.
  }
}
