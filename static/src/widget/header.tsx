import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { Icon } from '../shared/icons'
import { useApp } from './app'
import { Menu } from './parts'

export function Header(): JSX.Element {
  const { settings, talk, t, sheet } = useApp()
  const name = settings.site.name
  const more = useRef<HTMLButtonElement>(null)
  const tt = t.value
  return (
    <header class="head">
      <span class="mark" aria-hidden="true">
        {[...name][0]?.toUpperCase()}
      </span>
      <div class="who">
        <h1>{name}</h1>
        <Presence />
      </div>
      {talk.link.value !== 'refused' && (
        <button
          ref={more}
          type="button"
          class="tool"
          aria-label={tt('menu')}
          aria-expanded={sheet.value === 'menu'}
          onClick={() => {
            sheet.value = sheet.value === 'menu' ? 'none' : 'menu'
          }}
        >
          <Icon name="more" size={22} />
        </button>
      )}
      {!settings.hosted && <CloseButton />}
      {(sheet.value === 'menu' || sheet.value === 'end') && <Menu opener={more} />}
    </header>
  )
}

/** Online as far as we know; nothing is said until we do. */
function Presence(): JSX.Element | null {
  const { talk, t } = useApp()
  const open = talk.open.value
  // Where there is no chat it does not matter who would be there for one.
  if (talk.link.value === 'refused') return null
  if (open === undefined || talk.link.value === 'away') return <p class="presence" />
  return (
    <p class="presence">
      <span class={open ? 'dot on' : 'dot'} aria-hidden="true" />
      {t.value(open ? 'online' : 'offline.short')}
    </p>
  )
}

function CloseButton(): JSX.Element {
  const app = useApp()
  return (
    <button type="button" class="tool" aria-label={app.t.value('launcher.close')} onClick={() => app.close()}>
      <Icon name="close" size={22} />
    </button>
  )
}
