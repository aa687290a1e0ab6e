// System lines in words.
import type { Translate } from '../shared/i18n'
import { languageName, plainTag } from '../shared/i18n'
import type { Message } from '../shared/wire.gen'

/** What happened, in the language of the interface. */
export function eventLine(m: Message, t: Translate, language: string): string {
  const to = m.event?.type === 'language' && m.event.to ? languageName(plainTag(m.event.to), language) : ''
  return t(`event.${m.event?.type}`, { name: m.author.name, language: to })
}
