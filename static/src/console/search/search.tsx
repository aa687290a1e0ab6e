// Search over everything that was said, in all the languages that it is there in.
import { useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { wear } from '../../shared/parts'
import { fullTime } from '../../shared/time'
import type { SearchHit, Snippet } from '../../shared/wire.gen'
import { reason } from '../app/actions'
import { type Desk, useDesk } from '../app/desk'
import { languageName } from '../app/languages'
import { shortTime, timeLocale } from '../app/times'
import { t } from '../app/words'
import { any, LanguageSelect } from '../pages/language-select'
import { people } from '../team/people'
import { Icon } from '../ui/icons'
import { LanguageChip, visitorName } from '../ui/marks'
import { Finder } from './finder'
import { pieces, span } from './marks'
import looks from './search.css'

wear(looks)

/** What was looked for last stands there again: one comes back from a hit for the next one. Each agent finds only his own. */
const finders = new WeakMap<Desk, { agent: string; finder: Finder }>()

function finderOf(desk: Desk): Finder {
  const agent = desk.myId.peek()
  const known = finders.get(desk)
  if (known?.agent === agent) return known.finder
  const finder = new Finder((fields) => desk.client.call('search', fields))
  finders.set(desk, { agent, finder })
  return finder
}

export default function SearchPanel(): JSX.Element {
  const desk = useDesk()
  const finder = finderOf(desk)
  const dialog = useRef<HTMLDialogElement>(null)
  const field = useRef<HTMLInputElement>(null)
  const id = useId()
  const at = useSignal(0)
  const hits = finder.hits.value
  useEffect(() => {
    dialog.current?.showModal()
    field.current?.select()
  }, [])
  const option = (i: number) => `${id}-${i}`
  const go = (i: number) => {
    at.value = Math.max(0, Math.min(i, finder.hits.peek().length - 1))
    document.getElementById(option(at.value))?.scrollIntoView({ block: 'nearest' })
    if (at.value >= finder.hits.peek().length - 3) void finder.further()
  }
  const choose = (hit: SearchHit | undefined) => {
    if (!hit) return
    dialog.current?.close()
    desk.openAt(hit.conversation, hit.seq)
  }
  return (
    <dialog
      ref={dialog}
      class="sheet search"
      aria-label={t('search.title')}
      onClose={() => desk.closed('search')}
      closedby="any"
    >
      <div class="palette-field">
        <Icon name="search" />
        <input
          ref={field}
          autofocus
          type="text"
          role="combobox"
          aria-label={t('search.title')}
          aria-expanded={hits.length > 0}
          {...(hits.length > 0 && { 'aria-controls': id, 'aria-activedescendant': option(at.value) })}
          aria-autocomplete="list"
          placeholder={t('key.search')}
          autocomplete="off"
          spellcheck={false}
          maxLength={200}
          dir="auto"
          value={finder.text.value}
          onInput={(e) => {
            at.value = 0
            finder.type(e.currentTarget.value)
          }}
          onKeyDown={(e) => {
            if (e.isComposing) return
            if (e.key === 'ArrowDown') go(at.value + 1)
            else if (e.key === 'ArrowUp') go(at.value - 1)
            // Hits of what stood here before are not what is meant.
            else if (e.key === 'Enter' && (finder.state.value === 'failed' || finder.stale.value)) void finder.look()
            else if (e.key === 'Enter') choose(hits[at.value])
            else return
            e.preventDefault()
          }}
        />
        <button type="button" class="icon-button" aria-label={t('close')} onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </div>
      <Filters finder={finder} moved={() => (at.value = 0)} />
      <div
        class="hits"
        onScroll={({ currentTarget: el }) => {
          if (el.scrollHeight - el.scrollTop - el.clientHeight < 200) void finder.further()
        }}
      >
        {hits.length > 0 && (
          <div role="listbox" id={id} aria-label={t('search.hits')}>
            {hits.map((hit, i) => (
              <div
                key={`${hit.conversation} ${hit.seq}`}
                id={option(i)}
                role="option"
                class="hit"
                tabIndex={-1}
                aria-selected={i === at.value}
                onPointerMove={() => (at.value = i)}
                onClick={() => choose(hit)}
                onKeyDown={(e) => e.key === 'Enter' && choose(hit)}
              >
                <Hit hit={hit} />
              </div>
            ))}
          </div>
        )}
        <Standing finder={finder} />
      </div>
    </dialog>
  )
}

/** Who, when, and what stands there. */
function Hit({ hit }: { hit: SearchHit }): JSX.Element {
  const desk = useDesk()
  const site = desk.sites.value.length > 1 ? desk.siteName(hit.site) : ''
  const said = hit.author && hit.author.kind !== 'visitor'
  return (
    <>
      <span class="hit-head">
        <LanguageChip tag={hit.visitor.language} />
        <bdi class="name">{visitorName(hit.visitor)}</bdi>
        {said && (
          <bdi class="hit-by">
            {t('search.by', {
              name: hit.author?.id === desk.myId.value ? t('person.toyou') : (hit.author?.name ?? ''),
            })}
          </bdi>
        )}
        <span class={`hit-kind ${hit.kind}`}>{kindText(hit)}</span>
        {site && <span class="site">{site}</span>}
        <time dateTime={hit.at} title={fullTime(hit.at, timeLocale())}>
          {shortTime(hit.at, desk.minute.value)}
        </time>
      </span>
      <Text of={hit.found} />
      {hit.reads && <Text of={hit.reads} second />}
    </>
  )
}

function kindText(hit: SearchHit): string {
  switch (hit.kind) {
    case 'note':
      return t('note.mark')
    case 'name':
      return t('search.name')
    case 'file':
      return t('search.file')
    case 'remark':
      return t('search.remark')
    case 'translation':
      return t('search.translation', { language: languageName(hit.found.language) })
    default:
      return t('original.in', { language: languageName(hit.found.language) })
  }
}

function Text({ of, second }: { of: Snippet; second?: boolean }): JSX.Element {
  return (
    <span class={`hit-text glance${second ? ' second' : ''}`} lang={of.language} dir="auto" translate={false}>
      {pieces(of).map((p, i) => (p.marked ? <mark key={i}>{p.text}</mark> : p.text))}
    </span>
  )
}

/** What goes on, or why there is nothing: read out as well. */
function Standing({ finder }: { finder: Finder }): JSX.Element {
  const desk = useDesk()
  const text = useComputed(() => {
    if (!desk.line.online.value && finder.state.value !== 'ready') return t('error.offline')
    switch (finder.state.value) {
      case 'nothing':
        return t('search.empty')
      case 'looking':
        return t('search.looking')
      case 'failed':
        return reason(finder.fault.value)
      default:
        return finder.hits.value.length ? '' : t('search.none', { text: finder.text.value.trim() })
    }
  }).value
  return (
    <div class="search-standing">
      <p role="status">{text}</p>
      {finder.state.value === 'failed' && (
        <button type="button" onClick={() => void finder.look()}>
          {t('again')}
        </button>
      )}
      {finder.state.value === 'ready' && finder.more.value && (
        <button type="button" class="link" onClick={() => void finder.further()}>
          {t('search.more')}
        </button>
      )}
    </div>
  )
}

function Filters({ finder, moved }: { finder: Finder; moved: () => void }): JSX.Element {
  const desk = useDesk()
  const id = useId()
  const others = useComputed(() => people(desk)).value
  const { days } = finder
  const filter = finder.filter.value
  const narrow = (change: Record<string, string | undefined>) => {
    const next: Record<string, string> = {}
    for (const [name, value] of Object.entries({ ...filter, ...change })) if (value) next[name] = value
    moved()
    finder.narrow(next)
  }
  const between = (change: { first?: string; last?: string }) => {
    days.value = { ...days.value, ...change }
    narrow({ from: undefined, to: undefined, ...span(days.value.first, days.value.last) })
  }
  return (
    <div class="search-filters">
      {desk.sites.value.length > 1 && (
        <label>
          <span>{t('search.site')}</span>
          <select value={filter.site ?? ''} onChange={(e) => narrow({ site: e.currentTarget.value })}>
            <option value="">{t('search.all')}</option>
            {desk.sites.value.map((s) => (
              <option key={s.key} value={s.key}>
                {s.name}
              </option>
            ))}
          </select>
        </label>
      )}
      <label for={`${id}-language`}>
        <span>{t('search.language')}</span>
        <LanguageSelect
          id={`${id}-language`}
          value={filter.language ?? any}
          none={t('search.all')}
          onChoose={(tag) => narrow({ language: tag === any ? undefined : tag })}
        />
      </label>
      <label>
        <span>{t('search.agent')}</span>
        <select value={filter.agent ?? ''} onChange={(e) => narrow({ agent: e.currentTarget.value })}>
          <option value="">{t('search.all')}</option>
          <option value="me">{t('person.you')}</option>
          {others.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>{t('search.from')}</span>
        <input type="date" value={days.value.first} onChange={(e) => between({ first: e.currentTarget.value })} />
      </label>
      <label>
        <span>{t('search.to')}</span>
        <input type="date" value={days.value.last} onChange={(e) => between({ last: e.currentTarget.value })} />
      </label>
    </div>
  )
}
