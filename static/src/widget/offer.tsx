import type { JSX } from 'preact'
import { direction, languageName, plainTag } from '../shared/i18n'
import { Icon } from '../shared/icons'
import { wear } from '../shared/parts'
import { Strong } from '../shared/strong'
import { offerLine, useApp } from './app'
import looks from './offer.css'

wear(looks)

/**
 * The server has noticed that the visitor writes in another language, or an agent has said so, and answers come in it already. One tap makes it his
 * choice, with the interface; another takes it back. Either way he is not asked again.
 */
export default function OfferBar(): JSX.Element | null {
  const app = useApp()
  const o = app.offered.value
  if (!o) return null
  const speak = (language: string) => {
    app.choose(language)
    if (!app.touch) app.focus()
  }
  const name = (tag: string, into: string) => ({ language: languageName(plainTag(tag), into) })
  return (
    <div class="offer" lang={o.language} dir={direction(o.language)}>
      <Icon name="translate" />
      <div>
        <p>
          <Strong text={offerLine(o)} />
        </p>
        <div class="row">
          <button type="button" class="strong" onClick={() => speak(o.to)}>
            {o.t('offer.use', name(o.to, o.language))}
          </button>
          {/* For one who does not read what was noticed, the way back is in what he has read so far. */}
          <button
            type="button"
            class="plain"
            lang={app.language.value}
            dir={direction(app.language.value)}
            onClick={() => speak(o.from)}
          >
            {app.t.value('offer.back', name(o.from, app.language.value))}
          </button>
        </div>
      </div>
    </div>
  )
}
