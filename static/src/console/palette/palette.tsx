// One field for everything that can be reached: conversations that are loaded, and what can be done.
import { useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { type Desk, useDesk } from '../app/desk'
import { languageName, ownName } from '../app/languages'
import { interfaces, locale, t } from '../app/words'
import type { Action } from '../keys/keys'
import { run } from '../keys/run'
import { readingOf } from '../thread/reading'
import { Icon, type IconName } from '../ui/icons'
import { LanguageChip, visitorName } from '../ui/marks'
import { score } from './score'

interface Hit {
  key: string
  text: string
  hint?: string
  language?: string
  icon?: IconName
  cap?: string
  run: () => void
}

/** More is not read. */
const shown = 12

export default function Palette(): JSX.Element {
  const desk = useDesk()
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  const typed = useSignal('')
  const at = useSignal(0)
  const hits = useComputed(() => find(desk, typed.value))

  useEffect(() => {
    dialog.current?.showModal()
  }, [])

  const choose = (hit: Hit | undefined) => {
    if (!hit) return
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
            {hit.cap && <kbd>{hit.cap}</kbd>}
          </div>
        ))}
      </div>
      {hits.value.length === 0 && <p class="none">{t('palette.none', { text: typed.value.trim() })}</p>}
    </dialog>
  )
}

function find(desk: Desk, typed: string): Hit[] {
  const query = typed.trim()
  const scored = [...conversations(desk), ...actions(desk)]
    .map((hit) => ({ hit, points: Math.max(score(query, hit.text), 0.6 * score(query, hit.hint ?? '')) }))
    .filter(({ points }) => points > 0 || query === '')
  if (query !== '') scored.sort((a, b) => b.points - a.points)
  return scored.slice(0, shown).map(({ hit }) => hit)
}

function conversations(desk: Desk): Hit[] {
  const rows = [...desk.rows.value.values()]
  // What waits, then what was touched last: without a query that is the likeliest wish.
  rows.sort(
    (a, b) =>
      (a.waiting_since ?? '~').localeCompare(b.waiting_since ?? '~') ||
      (b.last?.at ?? '').localeCompare(a.last?.at ?? ''),
  )
  return rows.slice(0, 2000).map((row) => ({
    key: row.id,
    text: visitorName(row.visitor),
    hint:
      row.last && row.last.kind !== 'event'
        ? readingOf(row.last, desk.language.value, desk.languages.value).main.text.slice(0, 120)
        : languageName(row.language),
    language: row.language,
    run: () => desk.open(row.id, 'click'),
  }))
}

function actions(desk: Desk): Hit[] {
  const act = (action: Action, icon: IconName, cap: string): Hit => ({
    key: action,
    text: t(`key.${action}` as 'key.reply'),
    icon,
    cap,
    run: () => run(desk, action),
  })
  const here = desk.current.value !== undefined && !desk.place.value
  const of: Hit[] = [act('originals', 'translate', 'O'), act('context', 'panel', ']'), act('keys', 'keyboard', '?')]
  if (here)
    of.unshift(
      act('reply', 'edit', 'R'),
      act('note', 'note', 'N'),
      act('take', 'take', 'I'),
      act('resolve', 'check', 'E'),
      act('tag', 'plus', 'T'),
    )
  of.push(
    act('inbox', 'inbox', 'G I'),
    act('canned', 'bolt', 'G C'),
    act('glossary', 'book', 'G G'),
    act('memory', 'stack', 'G M'),
  )
  of.push({
    key: 'theme',
    text: t('palette.theme'),
    icon: 'sliders',
    run: () => (desk.settings.theme.value = dark() ? 'light' : 'dark'),
  })
  of.push({
    key: 'density',
    text: t('palette.density'),
    icon: 'sliders',
    run: () => (desk.settings.density.value = desk.settings.density.value === 'compact' ? 'comfortable' : 'compact'),
  })
  for (const tag of interfaces)
    if (tag !== locale())
      of.push({
        key: `interface-${tag}`,
        text: t('palette.interface', { language: ownName(tag) }),
        hint: languageName(tag),
        icon: 'globe',
        run: () => (desk.settings.language.value = tag),
      })
  return of
}

function dark(): boolean {
  return (
    getComputedStyle(document.documentElement).colorScheme === 'dark' ||
    matchMedia('(prefers-color-scheme: dark)').matches
  )
}
