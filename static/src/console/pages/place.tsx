// What the pages have in common: a head with the site and what can be done, and how loading, nothing and failures look.
import type { ComponentChildren, JSX } from 'preact'
import { wear } from '../../shared/parts'
import { useDesk } from '../app/desk'
import type { PlaceName } from '../app/places'
import { t } from '../app/words'
import { Icon, type IconName } from '../ui/icons'
import { Menu } from '../ui/menu'
import looks from './pages.css'
import type { Standing } from './shelf'

wear(looks)

/** The site whose page is shown: the one in the address, if it is one of the agent's, else his first. */
export function usePlaceSite(): string | undefined {
  const desk = useDesk()
  const sites = desk.sites.value
  return (sites.find((s) => s.key === desk.place.value?.site) ?? sites[0])?.key
}

/** Whether this agent may change what a page shows. The server has the last word. */
export function useAdmin(): boolean {
  return useDesk().hello.value?.agent?.role === 'admin'
}

export function Head({ name, children }: { name: PlaceName; children?: ComponentChildren }): JSX.Element {
  const desk = useDesk()
  const site = usePlaceSite()
  const sites = desk.sites.value
  return (
    <header class="place-head">
      <h2 id="place-title">{t(`key.${name}`)}</h2>
      {sites.length > 1 && site && (
        <Menu
          class="place-site"
          name={t('context.site')}
          label={`${t('context.site')}: ${desk.siteName(site)}`}
          button={
            <>
              <bdi>{desk.siteName(site)}</bdi>
              <Icon name="down" size={14} />
            </>
          }
          choices={sites.map((s) => ({
            key: s.key,
            text: s.name,
            checked: s.key === site,
            run: () => desk.go(name, s.key),
          }))}
        />
      )}
      {children}
    </header>
  )
}

export function Find({ text, onText }: { text: string; onText: (text: string) => void }): JSX.Element {
  return (
    <label class="place-find">
      <Icon name="search" size={16} />
      <span class="spoken">{t('place.find')}</span>
      <input
        type="search"
        placeholder={t('place.find')}
        autocomplete="off"
        spellcheck={false}
        value={text}
        onInput={(e) => onText(e.currentTarget.value)}
      />
    </label>
  )
}

/** Who may only read is told so once, and sees no buttons that would be refused. */
export function OnlyAdmins(): JSX.Element | null {
  return useAdmin() ? null : <p class="place-note">{t('place.readonly')}</p>
}

export interface StateProps {
  standing: Standing
  fault: string
  again: () => void
  /** How many there are, and how many are left of them by search and filters. */
  all: number
  shown: number
  typed: string
  icon: IconName
  title: string
  text: string
  /** The one action of an empty page. */
  action?: ComponentChildren
  children: ComponentChildren
}

/** The table, or what stands in its place. */
export function State(s: StateProps): JSX.Element {
  if (s.standing === 'failed')
    return (
      <div class="empty tall-empty" role="alert">
        <Icon name="alert" size={32} />
        <h2>{t('place.failed')}</h2>
        <p>{s.fault}</p>
        <button type="button" onClick={s.again}>
          {t('again')}
        </button>
      </div>
    )
  if (s.standing === 'loading')
    return (
      <p class="loading" role="status">
        {t('inbox.loading')}
      </p>
    )
  if (s.all === 0)
    return (
      <div class="empty tall-empty">
        <Icon name={s.icon} size={32} />
        <h2>{s.title}</h2>
        <p>{s.text}</p>
        {s.action}
      </div>
    )
  if (s.shown === 0)
    return (
      <p class="loading" role="status">
        {s.typed.trim() ? t('place.none', { text: s.typed.trim() }) : t('place.nothing')}
      </p>
    )
  return <>{s.children}</>
}
