import type { JSX } from 'preact'
import { languageName } from '../shared/i18n'
import type { Message } from '../shared/wire.gen'
import { useApp } from './app'
import { plainTag } from './names'
import { translationFor } from './reading'

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

export interface Untranslated {
  /** The two languages, if that there is no engine for them is the reason. */
  pair?: [from: string, to: string]
}

/** Looks at the newest line alone: if that could be translated, nobody needs to hear of the older ones. */
export function lastUntranslated(messages: readonly Message[], me: string, own: string): Untranslated | undefined {
  const m = messages.findLast((l) => l.kind === 'message')
  if (!m) return undefined
  if (m.author.id !== me) {
    const t = translationFor(m, own)
    if (t?.state !== 'failed') return undefined
    return t.reason === 'no_pair' || t.reason === 'no_engine' ? { pair: [m.language, own] } : {}
  }
  // A line of our own: it matters to the visitor only if nobody at all can read it translated.
  const all = Object.entries(m.translations)
  const [to, first] = all[0] ?? []
  if (
    !to ||
    !first ||
    !all.every(([, t]) => t.state === 'failed' && (t.reason === 'no_pair' || t.reason === 'no_engine'))
  )
    return undefined
  return { pair: [m.language, to] }
}
