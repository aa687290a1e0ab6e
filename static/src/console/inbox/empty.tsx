// What an empty list says: what would be here, and the one thing to do about it.
import type { JSX } from 'preact'
import { useDesk } from '../app/desk'
import { t } from '../app/words'
import { Icon } from '../ui/icons'
import { filtersOf, writeFilters } from './filters'
import type { Tab } from './order'

export function EmptyList({ tab }: { tab: Tab }): JSX.Element {
  const desk = useDesk()
  if (desk.sites.value.length === 0) return <NoSite />
  if (writeFilters(filtersOf(tab, desk.settings.filters.value))) return <Narrowed />
  if (desk.rows.value.size === 0 && !desk.inbox.count('all')) return <FirstRun />
  const elsewhere = tab === 'mine' && (desk.inbox.count('unassigned') ?? 0) > 0
  return (
    <div class="empty">
      <Icon name="inbox" size={28} />
      <h2>{t(`empty.${tab}.title`)}</h2>
      <p>{t(`empty.${tab}.text`)}</p>
      {elsewhere && (
        <button type="button" onClick={() => (desk.settings.tab.value = 'unassigned')}>
          {t('empty.mine.action')}
        </button>
      )}
    </div>
  )
}

function Narrowed(): JSX.Element {
  const desk = useDesk()
  return (
    <div class="empty">
      <Icon name="sliders" size={28} />
      <h2>{t('empty.filtered.title')}</h2>
      <p>{t('empty.filtered.text')}</p>
      <button type="button" onClick={() => (desk.settings.filters.value = {})}>
        {t('filter.clear')}
      </button>
    </div>
  )
}

function NoSite(): JSX.Element {
  return (
    <div class="empty">
      <Icon name="globe" size={28} />
      <h2>{t('empty.nosite.title')}</h2>
      <p>{t('empty.nosite.text')}</p>
      <code>dragoman site add "My shop" --origin https://shop.example --language en</code>
    </div>
  )
}

function FirstRun(): JSX.Element {
  const desk = useDesk()
  const key = desk.sites.value[0]?.key ?? ''
  const tag = `<script async src="${location.origin}/widget/${key}.js"></script>`
  return (
    <div class="empty">
      <Icon name="inbox" size={28} />
      <h2>{t('empty.first.title')}</h2>
      <p>{t('empty.first.text', { site: `\u2068${desk.sites.value[0]?.name ?? ''}\u2069` })}</p>
      <code>{tag}</code>
      <button type="button" onClick={() => desk.notices.copy(tag)}>
        {t('copy')}
      </button>
      <p class="or">
        <a href={`/chat/${encodeURIComponent(key)}`} target="_blank" rel="noopener">
          {t('empty.first.try')}
        </a>
      </p>
    </div>
  )
}
