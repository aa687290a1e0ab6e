import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { direction, plainTag } from '../shared/i18n'
import { Icon } from '../shared/icons'
import { wear } from '../shared/parts'
import { useApp } from './app'
import { Dialog } from './dialog'
import looks from './languages.css'
import type { Choice } from './names'
import { choices, search } from './names'

wear(looks)

/** Any language may be chosen: the conversation is translated into it, whatever the interface speaks. */
export default function Languages(): JSX.Element {
  const app = useApp()
  const { talk, t, language, sheet, settings } = app
  const typed = useSignal('')
  const tt = t.value
  const now = plainTag(talk.language.value)

  const all = useMemo(() => choices(language.value, [talk.language.value, ...navigator.languages]), [language.value])
  const wishes = [
    ...new Set([now, ...navigator.languages.map(plainTag), plainTag(settings.site.language), 'en']),
  ].slice(0, 5)
  const likely = wishes.flatMap((tag) => all.filter((c) => c.tag === tag))
  const found = search(all, typed.value)

  const choose = (c: Choice, button: HTMLElement) => {
    // Below an open dialog nothing takes the focus.
    button.closest('dialog')?.close()
    sheet.value = 'none'
    // The one that is ticked is chosen as it is: from German of Germany to German nothing would change but for a line that says so.
    app.choose(c.tag === now ? talk.language.value : c.tag)
    if (!app.touch) app.focus()
  }
  const list = (items: readonly Choice[]) => (
    <ul>
      {items.map((c) => (
        <li key={c.tag}>
          <button type="button" aria-pressed={c.tag === now} onClick={(e) => choose(c, e.currentTarget)}>
            <span class="own" lang={c.tag} dir={direction(c.tag)}>
              {c.own}
            </span>
            {c.own.toLowerCase() !== c.name.toLowerCase() && <span class="name">{c.name}</span>}
            {c.tag === now && <Icon name="check" size={18} />}
          </button>
        </li>
      ))}
    </ul>
  )

  return (
    <Dialog id="languages" title={tt('languages.title')} hint={tt('languages.hint')}>
      <label class="search">
        <Icon name="search" size={18} />
        <input
          type="search"
          autoComplete="off"
          aria-label={tt('languages.search')}
          placeholder={tt('languages.search')}
          value={typed.value}
          onInput={(e) => {
            typed.value = e.currentTarget.value
          }}
        />
      </label>
      <div class="list">
        {typed.value.trim() ? (
          found.length > 0 ? (
            list(found)
          ) : (
            <p class="none">{tt('languages.none')}</p>
          )
        ) : (
          <>
            <h3>{tt('languages.likely')}</h3>
            {list(likely)}
            <h3>{tt('languages.all')}</h3>
            {list(all)}
          </>
        )}
      </div>
    </Dialog>
  )
}
