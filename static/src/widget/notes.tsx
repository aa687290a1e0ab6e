import type { JSX } from 'preact'
import { languageName, plainTag } from '../shared/i18n'
import { useApp } from './app'
import { unreadable } from './reading'

/** That what the visitor writes is not translated is said once, at the end. It goes away by itself once it is. */
export function Notes(): JSX.Element | null {
  const { talk, t, language } = useApp()
  const found = unreadable(talk.current.value?.messages ?? [], talk.me.value?.id ?? '')
  if (!found) return null
  const name = (tag: string) => languageName(plainTag(tag), language.value)
  return <p class="note">{t.value('note.pair', { from: name(found[0]), to: name(found[1]) })}</p>
}
