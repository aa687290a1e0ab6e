import type { JSX } from 'preact'
import { languageName, plainTag, sameLanguage } from '../shared/i18n'
import type { IconName } from '../shared/icons'
import { Icon } from '../shared/icons'
import { Strong } from '../shared/rich'
import { useApp } from './app'

const quick: ReadonlyArray<[key: string, icon: IconName]> = [
  ['quick.order', 'box'],
  ['quick.returns', 'returns'],
  ['quick.product', 'question'],
]

/** The first opening: a greeting, in which language we speak, three ways to begin. No form. */
export function Welcome(): JSX.Element {
  const app = useApp()
  const { settings, talk, t, language } = app
  const tt = t.value
  const { greeting } = settings.site.texts
  return (
    <div class="welcome">
      <div class="hello">
        {greeting ? <h2 dir="auto">{greeting}</h2> : <h2>{tt('greeting')}</h2>}
        <p>{tt(talk.open.value === false ? 'offline' : 'greeting.sub')}</p>
      </div>
      <div class="start">
        <LanguageLine />
        <ul class="quick">
          {quick.map(([key, icon]) => (
            <li key={key}>
              <button
                type="button"
                onClick={() => {
                  talk.send(tt(key), language.value)
                  app.focus()
                }}
              >
                <Icon name={icon} />
                <span>{tt(key)}</span>
                <Icon name="forward" size={18} />
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  )
}

function LanguageLine(): JSX.Element {
  const { settings, talk, t, language, sheet } = useApp()
  const own = talk.language.value
  const name = languageName(plainTag(own), language.value)
  const key = sameLanguage(own, settings.site.language) ? 'language.own' : 'language.line'
  return (
    <div class="tongue">
      <Icon name="translate" />
      <p>
        <Strong text={t.value(key, { language: name })} />{' '}
        <button
          type="button"
          class="link"
          onClick={() => {
            sheet.value = 'languages'
          }}
        >
          {t.value('language.change')}
        </button>
      </p>
    </div>
  )
}
