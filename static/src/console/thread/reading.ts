// What an agent reads of a line, and what the customer reads of it.
import type { By, Message, Reason, Translation } from '../../shared/wire.gen'
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
  /** The key under which the translation stands, or would; none where the reader needs no translation. */
  into?: string
  reason?: Reason
  rough?: boolean
  flagged?: boolean
  /** What the customer has said about a translation that he calls wrong. */
  comment?: string
  /** Who made the translation, and the terms of the glossary that were kept in it. */
  by?: By
  terms?: readonly string[]
  /** A person made it: before the line was sent, by whoever wrote it, or after. */
  byPerson?: 'approved' | 'corrected'
}

/** A translation is stored under the exact tag that its reader was given; regional variants of it serve as well. */
function entryInto(line: Message, language: string): [string, Translation | undefined] {
  const exact = line.translations[language]
  if (exact) return [language, exact]
  const variant = Object.entries(line.translations).find(([tag]) => sameLanguage(tag, language))
  return variant ?? [language, undefined]
}

/** language is the key under which this agent finds translations; languages are all that he reads. */
export function readingOf(line: Message, language: string, languages: readonly string[]): Reading {
  // A picture needs no translation.
  if (line.text === '' || reads([language, ...languages], line.language)) return { main: typed(line), state: 'plain' }
  return read(line, ...entryInto(line, language))
}

/**
 * What a list shows of a line: what the agent reads, and where there is no translation for him (nobody opens all conversations of a list) what the site
 * reads, into which every line is translated.
 */
export function glanceAt(line: Message, language: string, languages: readonly string[], site: string): Words {
  const { main, state } = readingOf(line, language, languages)
  if (state === 'done' || reads([language, ...languages], line.language)) return main
  const [tag, t] = entryInto(line, site)
  return t?.state === 'done' ? { text: t.text, language: tag } : main
}

/** What the customer reads of an agent's line; undefined if that is simply what was typed, or a note. */
export function customerReads(line: Message, customer: string): Reading | undefined {
  if (line.kind !== 'message' || line.author.kind === 'visitor' || line.text === '') return undefined
  if (sameLanguage(line.language, customer)) return undefined
  const [tag, t] = entryInto(line, customer)
  return t ? read(line, tag, t) : undefined
}

/**
 * What is missing for these lines: an engine at all, or one for two languages. The two are those of the newest line that lacks one, which need not
 * be those of the conversation: a customer may write a line in another.
 */
export function lacking(
  lines: readonly Message[],
  language: string,
  languages: readonly string[],
  customer: string,
): 'engine' | { from: string; to: string } | undefined {
  const readings = lines.flatMap((m) =>
    [readingOf(m, language, languages), customerReads(m, customer)].map((r) => ({
      from: m.language,
      to: r?.into ?? '',
      reason: r?.reason,
    })),
  )
  if (readings.some((r) => r.reason === 'no_engine')) return 'engine'
  const last = readings.findLast((r) => r.reason === 'no_pair')
  return last && { from: last.from, to: last.to }
}

/** Translations that are called wrong and are neither of those shown: into a language that nobody here reads any more. */
export function flaggedBeside(line: Message, shown: readonly (string | undefined)[]): Reading[] {
  return Object.entries(line.translations)
    .filter(([tag, t]) => t.flagged && !shown.includes(tag))
    .map(([tag, t]) => read(line, tag, t))
}

function typed(line: Message): Words {
  return { text: line.text, language: line.language }
}

function read(line: Message, into: string, t: Translation | undefined): Reading {
  switch (t?.state) {
    case 'done': {
      const main = { text: t.text, language: into }
      const reading: Reading = { main, original: typed(line), state: 'done', into, by: t.by }
      if (t.quality === 'rough') reading.rough = true
      if (t.terms?.length) reading.terms = t.terms
      if (t.flagged) reading.flagged = true
      if (t.flag_comment) reading.comment = t.flag_comment
      // What was approved before it was sent is as old as the line.
      if (t.by.kind === 'agent')
        reading.byPerson = t.at === line.at && t.by.name === line.author.name ? 'approved' : 'corrected'
      return reading
    }
    case 'pending':
      return { main: typed(line), state: 'pending', into }
    case 'failed':
      return { main: typed(line), state: 'failed', into, ...(t.reason && { reason: t.reason }) }
    default:
      return { main: typed(line), state: 'plain', into }
  }
}

/** Whether trying again can help: an engine that is missing, or lacks the pair, will lack it again. */
export function worthRetrying(reason: Reason | undefined): boolean {
  return reason === 'engine' || reason === 'damaged' || reason === undefined
}
