import type { JSX } from 'preact'
import { about, listFormat } from '../shared/i18n'
import { Icon } from '../shared/icons'
import { useApp } from './app'
import { initials, tint } from './initials'

/** A name in a line that may run the other way. */
const isolated = (name: string) => `\u2068${name}\u2069`

/**
 * Who answers, and how soon: of those who are there now; or that it takes until somebody is. The place is kept, so that nothing moves when it is known. In a window
 * so low that there are no faces, the word that nobody is there stands in the place of the line above it.
 */
export function Faces(): JSX.Element {
  const { talk, t, language } = useApp()
  if (talk.open.value === false)
    return (
      <div class="faces away">
        <span class="row">
          <span>
            <Icon name="clock" />
          </span>
        </span>
        <p>{t.value('offline')}</p>
      </div>
    )
  const { agents, seconds } = talk.desk.value
  return (
    <div class="faces">
      {agents.length > 0 && (
        <span class="row" aria-hidden="true">
          {agents.map((a) =>
            a.avatar ? (
              <img key={a.name} src={a.avatar} alt="" />
            ) : (
              <span key={a.name} class={`tint${tint(a.name)}`}>
                {initials(a.name)}
              </span>
            ),
          )}
        </span>
      )}
      <p>
        {agents.length > 0 && <strong>{listFormat(language.value).format(agents.map((a) => isolated(a.name)))}</strong>}
        {seconds > 0 && <span>{t.value('replies', { time: about(seconds, language.value) })}</span>}
      </p>
    </div>
  )
}
