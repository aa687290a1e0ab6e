// What the list is narrowed to: the button that opens the choices, and a chip for each that was made.
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { type Desk, useDesk } from '../app/desk'
import { languageName } from '../app/languages'
import { FilterForm } from '../app/parts'
import { t } from '../app/words'
import { Icon } from '../ui/icons'
import { Popover } from '../ui/popover'
import { type FilterName, type Filters, filterNames, filtersOf } from './filters'
import { inUnits } from './waiting'

/** Sets a filter, or with undefined takes it away. */
export function setFilter(desk: Desk, name: FilterName, value: string | number | undefined): void {
  const { [name]: _, ...rest } = desk.settings.filters.peek()
  desk.settings.filters.value = value === undefined ? rest : { ...rest, [name]: value }
}

export function FilterMenu(): JSX.Element {
  const open = useSignal(false)
  return (
    <Popover
      class="icon-button filter"
      button={<Icon name="sliders" />}
      label={t('filter.name')}
      title={t('filter.name')}
      popup="dialog"
      name={t('filter.name')}
      layer="filter-layer"
      open={open.value}
      onOpen={(o) => (open.value = o)}
    >
      {(close) => <FilterForm close={close} />}
    </Popover>
  )
}

export function FilterChips(): JSX.Element | null {
  const desk = useDesk()
  const { tab, filters } = desk.settings
  const now = filtersOf(tab.value, filters.value)
  const set = filterNames.filter((name) => now[name] !== undefined)
  if (set.length === 0) return null
  return (
    <ul class="chips" aria-label={t('filter.name')}>
      {set.map((name) => {
        const text = filterText(desk, name, now)
        return (
          <li key={name}>
            <button
              type="button"
              class="chip-button"
              aria-label={t('filter.remove', { name: text })}
              title={t('filter.remove', { name: text })}
              onClick={() => setFilter(desk, name, undefined)}
            >
              <bdi>{text}</bdi>
              <Icon name="close" size={12} />
            </button>
          </li>
        )
      })}
    </ul>
  )
}

/** A filter in words. */
export function filterText(desk: Desk, name: FilterName, filters: Filters): string {
  switch (name) {
    case 'site':
      return desk.siteName(filters.site ?? '')
    case 'state':
      return t(`state.${filters.state ?? 'open'}`)
    case 'language':
      return languageName(filters.language ?? '') || (filters.language ?? '')
    case 'tag':
      return filters.tag ?? ''
    case 'waiting': {
      const { n, unit } = inUnits(filters.waiting ?? 0)
      return t('filter.waits', { time: t(`unit.${unit}`, { n }) })
    }
    case 'holder':
      return holderName(desk, filters.holder ?? '')
  }
}

export function holderName(desk: Desk, holder: string): string {
  if (holder === 'me') return t('assign.me')
  if (holder === 'none') return t('assign.nobody')
  return desk.personName(holder, undefined)
}
