// The list of conversations: tabs, order, and a window of rows over however many there are.
import { useComputed, useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { useDesk } from '../app/desk'
import { t } from '../app/words'
import { Icon } from '../ui/icons'
import { Menu } from '../ui/menu'
import { EmptyList } from './empty'
import { FilterChips, FilterMenu } from './filter-bar'
import { writeFilters } from './filters'
import { tabs } from './order'
import { Row, rowId } from './row'
import { reveal, rowHeight, slice } from './window'

/** Counts above this are only "many": the tabs have no room for more. */
const most = 999

export function Inbox(): JSX.Element {
  const desk = useDesk()
  const { settings, inbox } = desk
  return (
    <section class="inbox" aria-label={t('inbox.title')}>
      <header class="inbox-head">
        <h2>{t('inbox.title')}</h2>
        <FilterMenu />
        <Menu
          class="quiet-button"
          name={t('sort.name')}
          button={
            <>
              {t(`sort.${settings.sort.value}`)}
              <Icon name="down" size={14} />
            </>
          }
          choices={(['waiting', 'newest'] as const).map((sort) => ({
            key: sort,
            text: t(`sort.${sort}`),
            hint: t(`sort.${sort}.hint`),
            checked: settings.sort.value === sort,
            run: () => (settings.sort.value = sort),
          }))}
        />
      </header>
      <div class="tabs" role="tablist" aria-label={t('inbox.title')}>
        {tabs.map((tab) => {
          const n = inbox.count(tab)
          const chosen = settings.tab.value === tab
          return (
            <button
              key={tab}
              id={`tab-${tab}`}
              type="button"
              role="tab"
              aria-selected={chosen}
              aria-controls="inbox-panel"
              tabIndex={chosen ? 0 : -1}
              onClick={() => (settings.tab.value = tab)}
              onKeyDown={(e) => {
                const by = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0
                if (!by) return
                const way = getComputedStyle(e.currentTarget).direction === 'rtl' ? -by : by
                const to = tabs[(tabs.indexOf(tab) + way + tabs.length) % tabs.length] ?? tab
                settings.tab.value = to
                document.getElementById(`tab-${to}`)?.focus()
              }}
            >
              {t(`tab.${tab}`)}
              {n !== undefined && (
                <span class="count">{n > most ? t('count.more', { n: most }) : t('count', { n })}</span>
              )}
            </button>
          )
        })}
      </div>
      <FilterChips />
      <List />
    </section>
  )
}

function List(): JSX.Element {
  const desk = useDesk()
  const { settings, inbox } = desk
  const box = useRef<HTMLDivElement>(null)
  const top = useSignal(0)
  const height = useSignal(0)
  const row = useComputed(() => rowHeight[settings.density.value])
  const seen = useComputed(() => slice(top.value, height.value, row.value, inbox.shown.value.ids.length))

  useLayoutEffect(() => {
    const el = box.current
    if (!el) return
    const measure = new ResizeObserver(() => (height.value = el.clientHeight))
    measure.observe(el)
    return () => measure.disconnect()
  }, [])

  // Another list begins at its top.
  const tab = settings.tab.value
  const list = `${tab} ${inbox.sort.value} ${writeFilters(settings.filters.value)}`
  useLayoutEffect(() => {
    box.current?.scrollTo({ top: 0 })
    top.value = 0
  }, [list])
  useSignalEffect(() => inbox.begin())

  // The open conversation is kept in sight when the keyboard moves it, not when others push it about.
  const current = desk.current.value
  useEffect(() => {
    const el = box.current
    const at = current ? inbox.shown.peek().ids.indexOf(current) : -1
    if (!el || at < 0) return
    const to = reveal(at, el.scrollTop, el.clientHeight, row.peek())
    if (to !== undefined) el.scrollTop = to
  }, [current, tab])

  // The end of what is loaded comes near: ask for more before it is reached.
  useSignalEffect(() => {
    if (seen.value.to > inbox.shown.value.ids.length - 10) inbox.more()
  })

  const { ids, fresh } = inbox.shown.value
  const { from, to } = seen.value
  const drawn = ids.slice(from, to)
  return (
    <div class="list" id="inbox-panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
      {fresh > 0 && (
        <button type="button" class="fresh" onClick={() => inbox.release()}>
          {t('inbox.fresh', { n: fresh })}
        </button>
      )}
      <div
        ref={box}
        class="rows"
        role="listbox"
        tabIndex={0}
        aria-label={t(`tab.${tab}`)}
        aria-activedescendant={current && drawn.includes(current) ? rowId(current) : undefined}
        onScroll={(e) => (top.value = e.currentTarget.scrollTop)}
        onPointerEnter={() => inbox.hold('pointer')}
        onPointerLeave={() => inbox.leave('pointer')}
        // The focus alone does not hold it: Escape brings it here after each answer.
        onBlur={() => inbox.leave('keys')}
        onKeyDown={(e) => {
          if (e.altKey || e.ctrlKey || e.metaKey) return
          if (e.key === 'ArrowDown') desk.step(1)
          else if (e.key === 'ArrowUp') desk.step(-1)
          else if (e.key === 'Home') desk.open(ids[0])
          else if (e.key === 'End') desk.open(ids[ids.length - 1])
          else if (e.key === 'Enter') desk.focus('box')
          else return
          if (e.key !== 'Enter') inbox.hold('keys')
          e.preventDefault()
        }}
      >
        <div class="tall" style={{ height: `${ids.length * row.value}px` }}>
          {drawn.map((id, i) => (
            <Row key={id} id={id} at={from + i} of={ids.length} top={(from + i) * row.value} />
          ))}
        </div>
        {inbox.state.value === 'loading' && <p class="loading">{t('inbox.loading')}</p>}
        {inbox.state.value === 'failed' && (
          <p class="loading">
            {t('inbox.failed')}{' '}
            <button type="button" class="link" onClick={() => inbox.more()}>
              {t('again')}
            </button>
          </p>
        )}
      </div>
      {ids.length === 0 && inbox.state.value === 'ready' && <EmptyList tab={tab} />}
    </div>
  )
}
