import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useLayoutEffect } from 'preact/hooks'
import { duration } from '../shared/i18n'
import { Icon } from '../shared/icons'
import { useApp } from './app'
import { Composer } from './composer'
import { Header } from './header'
import type { Held } from './link'
import { Languages, Log, OfferBar, Privacy, parts } from './parts'
import { Welcome } from './welcome'

export function Screen(): JSX.Element {
  const { talk, spoken, sheet, settings, phone, offered, attach, looked } = useApp()
  const here = attach.files.value
  const fresh = talk.days.value.length === 0
  const where = `app${settings.hosted ? ' hosted' : ''}${phone.value ? ' phone' : ''}`
  if (talk.link.value === 'refused')
    return (
      <main class={where}>
        <Header />
        <Unavailable />
      </main>
    )
  return (
    <main class={where}>
      <Header />
      <Bar />
      <Missing />
      {offered.value && <OfferBar />}
      {(fresh || !Log.part.module.value) && <Welcome />}
      {!fresh && <Log />}
      <Composer />
      {sheet.value === 'languages' && <Languages />}
      {sheet.value === 'privacy' && <Privacy />}
      {sheet.value === 'picture' && here && <here.views.Large first={looked.value} />}
      {attach.dragging.value && here && <here.views.Drop />}
      <div role="status" class="spoken">
        {spoken.value}
      </div>
    </main>
  )
}

/**
 * One line while there is no connection, or while the server lets us do less and has said for how long. What is typed meanwhile waits and says so
 * itself.
 */
function Bar(): JSX.Element | null {
  const { talk, t } = useApp()
  if (talk.person.refused.value) return <Unsigned />
  if (talk.held.value) return <HeldBar held={talk.held.value} />
  if (talk.link.value !== 'away') return null
  return (
    <div class="bar">
      <span class="pulse" aria-hidden="true" />
      {t.value('bar.lost')}
    </div>
  )
}

/** What was asked for could not be fetched. The rest of the page goes on. */
function Missing(): JSX.Element | null {
  const { t } = useApp()
  if (!parts.missing.value) return null
  return (
    <div class="bar">
      {t.value('part.failed')}
      <button type="button" class="link" onClick={() => parts.again()}>
        {t.value('state.retry')}
      </button>
    </div>
  )
}

/** The shop has signed for somebody, and the signature is not good. Nobody begins as a stranger without saying so. */
function Unsigned(): JSX.Element {
  const { talk, t } = useApp()
  return (
    <div class="bar unsigned">
      <span>{t.value('identity.refused')}</span>
      <button type="button" class="link" onClick={() => talk.guest()}>
        {t.value('identity.guest')}
      </button>
    </div>
  )
}

function HeldBar({ held }: { held: Held }): JSX.Element {
  const { t, language } = useApp()
  const now = useSignal(Date.now())
  // Before painting, as in the menu: nothing may be begun for a bar that is gone.
  useLayoutEffect(() => {
    now.value = Date.now()
    const timer = setInterval(() => {
      now.value = Date.now()
    }, 1000)
    return () => clearInterval(timer)
  }, [held])
  return (
    <div class="bar">
      <span class="pulse" aria-hidden="true" />
      {t.value(`bar.${held.what}`, { time: duration(held.until - now.value, language.value) })}
    </div>
  )
}

function Unavailable(): JSX.Element {
  const { t } = useApp()
  return (
    <div class="unavailable">
      <Icon name="alert" size={28} />
      <h2>{t.value('unavailable.title')}</h2>
      <p>{t.value('unavailable.text')}</p>
    </div>
  )
}
