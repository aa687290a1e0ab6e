// Canned replies as their page needs them: which languages have a column, what is missing or a draft, and what was found.
import type { Canned, CannedText, Conversation } from '../../shared/wire.gen'
import { plainTag, sameLanguage } from '../app/languages'

export type Wanting = 'all' | 'missing' | 'draft'

/** Languages of customers that get a column of their own accord; more are added by hand. */
export const customerColumns = 4

/**
 * The columns: the site's language first, then those that the replies are written in and those that the customers of the loaded conversations speak, the most
 * frequent first. Texts stand under the tags that they are stored with.
 */
export function columnsOf(
  all: readonly Canned[],
  own: string,
  rows: Iterable<Pick<Conversation, 'site' | 'language'>>,
  site: string,
  added: readonly string[],
): string[] {
  const weight = new Map<string, number>()
  const count = (tag: string, by: number) => weight.set(tag, (weight.get(tag) ?? 0) + by)
  for (const one of all) for (const text of one.texts) count(text.language, 1)
  const written = [...weight.keys()].sort((a, b) => (weight.get(b) ?? 0) - (weight.get(a) ?? 0) || a.localeCompare(b))
  const spoken = new Map<string, number>()
  for (const row of rows) {
    const tag = row.site === site && row.language && row.language !== 'und' ? plainTag(row.language) : ''
    if (tag) spoken.set(tag, (spoken.get(tag) ?? 0) + 1)
  }
  const customers = [...spoken.keys()].sort((a, b) => (spoken.get(b) ?? 0) - (spoken.get(a) ?? 0) || a.localeCompare(b))
  const columns: string[] = []
  const add = (tag: string) => {
    if (!columns.includes(tag)) columns.push(tag)
  }
  add(written.find((tag) => sameLanguage(tag, own)) ?? own)
  for (const tag of written) add(tag)
  let left = customerColumns
  for (const tag of customers) if (!columns.some((c) => sameLanguage(c, tag)) && left-- > 0) add(tag)
  for (const tag of added) add(tag)
  return columns
}

export function textIn(one: Canned, language: string): CannedText | undefined {
  return one.texts.find((t) => t.language === language)
}

/** Which texts of a reply are others than they were, in the order of their languages; one without a text is not there any more. */
export function changedTexts(was: Canned, now: Canned): { language: string; text: string | undefined }[] {
  const tags = [...new Set([...was.texts, ...now.texts].map((t) => t.language))].sort()
  return tags
    .filter((tag) => textIn(was, tag)?.at !== textIn(now, tag)?.at)
    .map((language) => ({ language, text: textIn(now, language)?.text }))
}

/** How many replies lack a text in one of these languages, and how many have a draft. */
export function wanting(all: readonly Canned[], languages: readonly string[]): Record<Wanting, number> {
  const n = { all: all.length, missing: 0, draft: 0 }
  for (const one of all) {
    if (wants(one, languages, 'missing')) n.missing++
    if (wants(one, languages, 'draft')) n.draft++
  }
  return n
}

function wants(one: Canned, languages: readonly string[], what: Wanting): boolean {
  if (what === 'missing') return languages.some((l) => !textIn(one, l))
  return what === 'all' || one.texts.some((t) => t.state === 'draft')
}

/** Replies in whose name or texts the typed words stand, in the order of their names. */
export function findReplies(
  all: readonly Canned[],
  typed: string,
  what: Wanting,
  languages: readonly string[],
  locale: string,
): Canned[] {
  const looked = typed.trim().replace(/^\//, '').toLocaleLowerCase(locale)
  const order = new Intl.Collator(locale, { numeric: true })
  return all
    .filter((one) => wants(one, languages, what))
    .filter((one) =>
      [one.name, ...one.texts.map((t) => t.text)].some((s) => s.toLocaleLowerCase(locale).includes(looked)),
    )
    .sort((a, b) => order.compare(a.name, b.name))
}

/** What somebody compares a text with: the approved one in another language, the site's own before the others; without one a draft. */
export function sourceFor(one: Canned, language: string, own: string): CannedText | undefined {
  const rank = (t: CannedText) => (t.state === 'approved' ? 2 : 0) + (sameLanguage(t.language, own) ? 1 : 0)
  return one.texts.filter((t) => !sameLanguage(t.language, language)).sort((a, b) => rank(b) - rank(a))[0]
}

/** The short name as the server will have it; undefined if it is none (chat.ParseCannedName). */
export function cannedName(typed: string): string | undefined {
  const name = typed.trim().replace(/^\//, '').toLowerCase()
  return /^[\p{L}\p{N}][\p{L}\p{N}_-]*$/u.test(name) && [...name].length <= 40 ? name : undefined
}

/** A text with something put in where the caret stands. */
export function putIn(text: string, from: number, to: number, what: string): { text: string; caret: number } {
  return { text: text.slice(0, from) + what + text.slice(to), caret: from + what.length }
}
