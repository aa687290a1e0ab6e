// The choices by which a list is narrowed. Tags come from the server when the form opens; who is there is known.
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { type Desk, useDesk } from '../app/desk'
import { byName, languageName } from '../app/languages'
import { t } from '../app/words'
import { people } from '../team/people'
import { filterText, holderName, setFilter } from './filter-bar'
import { type FilterName, waitings } from './filters'

interface Option {
  value: string
  text: string
}

export default function FilterForm({ close }: { close: () => void }): JSX.Element {
  const desk = useDesk()
  const { tab, filters } = desk.settings
  const tags = useSignal<readonly string[]>([])
  useEffect(() => void tagsOf(desk).then((come) => (tags.value = come)), [])
  const now = filters.value
  const names: FilterName[] = ['state', 'waiting', 'language', 'tag']
  if (desk.sites.value.length > 1) names.unshift('site')
  if (tab.value === 'all' || tab.value === 'mentions') names.push('holder')
  return (
    <form
      class="filter-form"
      onSubmit={(e) => {
        e.preventDefault()
        close()
      }}
    >
      {names.map((name) => (
        <label key={name}>
          <span>{label(name)}</span>
          <select
            value={String(now[name] ?? '')}
            onChange={(e) => {
              const { value } = e.currentTarget
              setFilter(desk, name, value === '' ? undefined : name === 'waiting' ? Number(value) : value)
            }}
          >
            <option value="">{t('filter.all')}</option>
            {options(desk, name, tags.value).map(({ value, text }) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </label>
      ))}
      <footer>
        <button type="button" onClick={() => (filters.value = {})} disabled={Object.keys(now).length === 0}>
          {t('filter.clear')}
        </button>
        <button type="submit" class="primary">
          {t('close')}
        </button>
      </footer>
    </form>
  )
}

function label(name: FilterName): string {
  return t(name === 'tag' || name === 'waiting' ? `filter.${name}` : `context.${name}`)
}

/** What can be chosen; what is chosen is always among it. */
function options(desk: Desk, name: FilterName, tags: readonly string[]): Option[] {
  const all = offered(desk, name, tags)
  const now = desk.settings.filters.value
  const chosen = now[name]
  if (chosen === undefined || all.some((o) => o.value === String(chosen))) return all
  return [...all, { value: String(chosen), text: filterText(desk, name, now) }]
}

function offered(desk: Desk, name: FilterName, tags: readonly string[]): Option[] {
  switch (name) {
    case 'site':
      return desk.sites.value.map((s) => ({ value: s.key, text: s.name }))
    case 'state':
      return (['open', 'snoozed', 'resolved'] as const).map((s) => ({ value: s, text: t(`state.${s}`) }))
    case 'waiting':
      return waitings.map((s) => ({ value: String(s), text: filterText(desk, name, { waiting: s }) }))
    case 'language':
      return languages(desk)
    case 'tag':
      return tags.map((tag) => ({ value: tag, text: tag }))
    case 'holder':
      return [
        ...['me', 'none'].map((h) => ({ value: h, text: holderName(desk, h) })),
        ...people(desk).map(({ id, name }) => ({ value: id, text: name })),
      ]
  }
}

/** Languages in which somebody has written here, and those of the sites. */
function languages(desk: Desk): Option[] {
  const tags = new Set(desk.sites.value.map((s) => s.language))
  for (const row of desk.rows.value.values()) tags.add(row.language)
  tags.delete('und')
  return byName(
    [...tags].map((tag) => ({ value: tag, text: languageName(tag) || tag })),
    ({ text }) => text,
  )
}

async function tagsOf(desk: Desk): Promise<string[]> {
  const tags = new Map<string, string>()
  await Promise.all(
    desk.sites.peek().map(async ({ key }) => {
      try {
        for (const { name } of (await desk.client.call('tags', { site: key })).tags) tags.set(name.toLowerCase(), name)
      } catch {
        // Without a connection there is less to choose from.
      }
    }),
  )
  return byName(tags.values(), (tag) => tag)
}
