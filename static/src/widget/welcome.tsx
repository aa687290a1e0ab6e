import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { languageName, plainTag, sameLanguage } from '../shared/i18n'
import type { IconName } from '../shared/icons'
import { Icon } from '../shared/icons'
import { Strong } from '../shared/strong'
import { useApp } from './app'
import { Faces } from './faces'

const quick: ReadonlyArray<[key: string, icon: IconName]> = [
  ['quick.order', 'box'],
  ['quick.returns', 'returns'],
  ['quick.product', 'question'],
]

/** The first opening: a greeting, who is there, in which language we speak, some ways to begin. No form. What the shop has written itself stands in place of ours. */
export function Welcome(): JSX.Element {
  const { talk, t } = useApp()
  const tt = t.value
  const own = talk.texts.value
  return (
    <div class="welcome">
      <div class="hello">
        {own.greeting ? <Own tag="h2" text={own.greeting} /> : <h2>{tt('greeting')}</h2>}
        {own.subtitle ? <Own tag="p" text={own.subtitle} /> : <p>{tt('greeting.sub')}</p>}
        {own.draft && <Drafted />}
        {!talk.person.refused.value && <Faces />}
      </div>
      <div class="start">
        <LanguageLine />
        {talk.lines.value.length > 0 ? <Early /> : <Starts />}
      </div>
    </div>
  )
}

/** What was sent before that which shows it has come: on a slow network it would seem to be gone. */
function Early(): JSX.Element {
  const { talk, t } = useApp()
  const list = useRef<HTMLUListElement>(null)
  useLayoutEffect(() => list.current?.scrollIntoView({ block: 'end' }), [talk.lines.value.length])
  return (
    <ul ref={list} class="early">
      {talk.lines.value.map((line) => (
        <li key={line.key} lang={line.language ?? talk.language.value} dir="auto" translate={false}>
          {line.text || line.files?.map((f) => f.name).join(', ')}
        </li>
      ))}
      <li>
        <Icon name="clock" size={14} />
        {t.value('state.sending')}
      </li>
    </ul>
  )
}

function Starts(): JSX.Element {
  const { talk, t } = useApp()
  const tt = t.value
  const own = talk.texts.value
  return (
    <ul class="quick">
      {own.starts
        ? own.starts.map((s) => (
            <Start key={s.label} icon="chat" label={s.label} text={s.text} language={own.language} />
          ))
        : quick.map(([key, icon]) => <Start key={key} icon={icon} label={tt(key)} text={tt(key)} />)}
    </ul>
  )
}

/** A text of the shop's, marked with its language. */
function Own({ tag: Tag, text }: { tag: 'h2' | 'p'; text: string }): JSX.Element {
  const { language } = useApp().talk.texts.value
  return (
    <Tag lang={language} dir="auto">
      {text}
    </Tag>
  )
}

/** As under a translated line: nobody of the shop has looked at these words yet. */
function Drafted(): JSX.Element {
  const { settings, t, language } = useApp()
  return (
    <p class="drafted">
      <Icon name="translate" size={16} />
      {t.value('line.from', { language: languageName(plainTag(settings.site.language), language.value) })}
    </p>
  )
}

function Start(props: { icon: IconName; label: string; text: string; language?: string | undefined }): JSX.Element {
  const app = useApp()
  const { icon, label, text, language } = props
  return (
    <li>
      <button
        type="button"
        lang={language}
        onClick={() => {
          app.talk.send(text, language ?? app.language.value)
          app.goOn()
        }}
      >
        <Icon name={icon} />
        <span dir={language ? 'auto' : undefined}>{label}</span>
        <Icon name="forward" size={18} />
      </button>
    </li>
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
