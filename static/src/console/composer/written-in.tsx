// The language one writes in: the agent's first, or another that he reads, for those who can answer in it themselves.
import type { JSX } from 'preact'
import { useDesk } from '../app/desk'
import { languageName } from '../app/languages'
import { t } from '../app/words'
import { Icon } from '../ui/icons'
import { Menu } from '../ui/menu'

export interface WrittenInProps {
  writes: string
  /** The customer reads that language: nothing is translated. */
  same: boolean
  /** undefined: the agent's first language again. */
  choose: (language: string | undefined) => void
}

export function WrittenIn({ writes, same, choose }: WrittenInProps): JSX.Element {
  const desk = useDesk()
  const mine = desk.languages.value
  const text = t('composer.in', { language: languageName(writes) })
  return (
    <span class="mode-hint">
      {same && <span class="same">{t('composer.in.same')}</span>}
      {mine.length < 2 ? (
        text
      ) : (
        <Menu
          class="quiet-button"
          name={t('composer.in.name')}
          button={
            <>
              {text}
              <Icon name="down" size={12} />
            </>
          }
          choices={mine.map((tag, i) => ({
            key: tag,
            text: languageName(tag),
            checked: tag === writes,
            run: () => choose(i === 0 ? undefined : tag),
          }))}
        />
      )}
    </span>
  )
}
