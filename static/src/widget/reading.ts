// What a visitor reads of a message: which text, in which language, and what stands beside it.
import { sameLanguage } from '../shared/i18n'
import type { Message, Translation } from '../shared/wire.gen'

export interface Reading {
  text: string
  language: string
  /** There if `text` is a translation. */
  original?: { text: string; language: string }
  rough?: boolean
  /** pending: a translation is on its way; failed: there will be none. */
  missing?: 'pending' | 'failed'
}

export function translationFor(m: Message, language: string): Translation | undefined {
  const exact = m.translations[language]
  if (exact) return exact
  const key = Object.keys(m.translations).find((k) => sameLanguage(k, language))
  return key === undefined ? undefined : m.translations[key]
}

export function reading(m: Message, language: string): Reading {
  const original = { text: m.text, language: m.language }
  if (sameLanguage(m.language, language)) return original
  const t = translationFor(m, language)
  if (t?.state === 'done')
    return { text: t.text, language, original, ...(t.quality === 'rough' && t.by.kind === 'engine' && { rough: true }) }
  if (t?.state === 'pending' || t?.state === 'failed') return { ...original, missing: t.state }
  return original
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
