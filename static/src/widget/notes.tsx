import type { JSX } from 'preact'
import { languageName, plainTag } from '../shared/i18n'
import { useApp } from './app'
import { lastUntranslated } from './reading'

/**
 * That something is not translated is said once, at the end, about the newest line that suffers from it; the lines themselves only say which
 * language they are in. It goes away by itself once translations come.
 */
export function Notes(): JSX.Element | null {
  const { talk, t, language } = useApp()
  const found = lastUntranslated(talk.current.value?.messages ?? [], talk.me.value?.id ?? '', talk.language.value)
  if (!found) return null
  const name = (tag: string) => languageName(plainTag(tag), language.value)
  const text =
    found.pair === undefined
      ? t.value('note.failed')
      : t.value('note.pair', { from: name(found.pair[0]), to: name(found.pair[1]) })
  return <p class="note">{text}</p>
}
