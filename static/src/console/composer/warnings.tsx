// Warnings under what is written: a list that is read out when it changes, and that stops nobody.
import type { JSX } from 'preact'
import { t } from '../app/words'
import { Icon } from '../ui/icons'
import { mostWarnings, type Warning } from './warning'

export function Warnings({ list }: { list: readonly Warning[] }): JSX.Element {
  // The list is always there: what is announced must have stood before it changes.
  return (
    <ul class="warnings" aria-live="polite">
      {list.slice(0, mostWarnings).map(({ kind, text }) => (
        <li key={`${kind} ${text}`}>
          <Icon name="alert" size={14} />
          <span>{t(`warn.${kind}`, { text: `\u2068${text}\u2069` })}</span>
        </li>
      ))}
    </ul>
  )
}
