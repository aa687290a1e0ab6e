// What a visitor reads of a message: which text, in which language, and what stands beside it.
import { sameLanguage } from '../shared/i18n'
import type { Message, Reason, Translation } from '../shared/wire.gen'

/**
 * rough: an engine from which no more can be expected. checked: a person approved the text, or wrote it once before. corrected: a person
 * put it in the place of another.
 */
export type Making = 'full' | 'rough' | 'checked' | 'corrected'

export interface Original {
  text: string
  language: string
  making: Making
  /** The key of the translation in the message, and whether the visitor has called it wrong. */
  entry: string
  flagged: boolean
}

export interface Reading {
  text: string
  language: string
  /** There if `text` is a translation: what was written, and how the translation came about. */
  original?: Original
  /** pending: a translation is on its way; failed: there is none, and why. */
  missing?: { state: 'pending' } | { state: 'failed'; reason: Reason | undefined }
}

function entryFor(m: Message, language: string): [key: string, t: Translation] | undefined {
  const key =
    m.translations[language] === undefined
      ? Object.keys(m.translations).find((k) => sameLanguage(k, language))
      : language
  return key === undefined ? undefined : [key, m.translations[key]!]
}

export function reading(m: Message, language: string): Reading {
  const original = { text: m.text, language: m.language }
  // A picture needs no translation.
  if (m.text === '') return original
  if (sameLanguage(m.language, language)) return original
  const [entry = '', t] = entryFor(m, language) ?? []
  if (t?.state === 'done')
    return { text: t.text, language, original: { ...original, making: making(m, t), entry, flagged: t.flagged } }
  if (t?.state === 'pending') return { ...original, missing: { state: 'pending' } }
  if (t?.state === 'failed') return { ...original, missing: { state: 'failed', reason: t.reason } }
  return original
}

function making(m: Message, t: Translation): Making {
  if (t.by.kind === 'memory') return 'checked'
  // What was approved before it was sent came with the line itself; a correction is younger.
  if (t.by.kind === 'agent') return t.at === m.at ? 'checked' : 'corrected'
  return t.quality === 'rough' ? 'rough' : 'full'
}

/**
 * The two languages, if nobody can read the visitor's newest line in his own for want of an engine. Lines of others say themselves why they are
 * not translated; and once somebody has answered, it is plain that he could read.
 */
export function unreadable(messages: readonly Message[], me: string): [from: string, to: string] | undefined {
  const m = messages.findLast((l) => l.kind === 'message')
  if (!m || m.author.id !== me) return undefined
  const all = Object.entries(m.translations)
  const hopeless = (t: Translation) => t.state === 'failed' && (t.reason === 'no_pair' || t.reason === 'no_engine')
  return all[0] && all.every(([, t]) => hopeless(t)) ? [m.language, all[0][0]] : undefined
}
