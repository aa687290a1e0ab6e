// What an agent reads of a line, and what the customer reads of it.
import type { Message, Reason, Translation } from '../../shared/wire.gen'
import { reads, sameLanguage } from '../app/languages'

export interface Words {
  text: string
  language: string
}

export interface Reading {
  /** What stands first: the translation if there is one, else what was typed. */
  main: Words
  /** What was typed, where that is not what stands first. */
  original?: Words
  state: 'plain' | 'pending' | 'done' | 'failed'
  reason?: Reason
  rough?: boolean
  flagged?: boolean
  /** A person wrote or approved this translation. */
  byPerson?: string
}

/** A translation is stored under the exact tag that its reader was given; regional variants of it serve as well. */
export function translationInto(line: Message, language: string): Translation | undefined {
  const exact = line.translations[language]
  if (exact) return exact
  for (const [tag, t] of Object.entries(line.translations)) if (sameLanguage(tag, language)) return t
  return undefined
}

/** language is the key under which this agent finds translations; languages are all that he reads. */
export function readingOf(line: Message, language: string, languages: readonly string[]): Reading {
  const typed: Words = { text: line.text, language: line.language }
  if (reads([language, ...languages], line.language)) return { main: typed, state: 'plain' }
  return read(typed, translationInto(line, language), language)
}

/** What the customer reads of an agent's line; undefined if that is simply what was typed, or a note. */
export function customerReads(line: Message, customer: string): Reading | undefined {
  if (line.kind !== 'message' || line.author.kind === 'visitor' || sameLanguage(line.language, customer))
    return undefined
  const t = translationInto(line, customer)
  return t ? read({ text: line.text, language: line.language }, t, customer) : undefined
}

function read(typed: Words, t: Translation | undefined, language: string): Reading {
  switch (t?.state) {
    case 'done': {
      const reading: Reading = { main: { text: t.text, language }, original: typed, state: 'done' }
      if (t.quality === 'rough') reading.rough = true
      if (t.flagged) reading.flagged = true
      if (t.by.kind === 'agent') reading.byPerson = t.by.name
      return reading
    }
    case 'pending':
      return { main: typed, state: 'pending' }
    case 'failed':
      return t.reason ? { main: typed, state: 'failed', reason: t.reason } : { main: typed, state: 'failed' }
    default:
      return { main: typed, state: 'plain' }
  }
}

/** Whether trying again can help: an engine that is missing, or lacks the pair, will lack it again. */
export function worthRetrying(reason: Reason | undefined): boolean {
  return reason === 'engine' || reason === 'damaged' || reason === undefined
}
