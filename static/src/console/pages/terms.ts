// The glossary as its page needs it: found, put in order, and held against each other.
import type { Term } from '../../shared/wire.gen'

/** What a form says of a term. */
export type TermFields = Pick<Term, 'from' | 'to' | 'source' | 'target' | 'case_sensitive'>

export function fieldsOf({ from, to, source, target, case_sensitive }: TermFields): TermFields {
  return { from, to, source, target, case_sensitive }
}

export function sameFields(a: TermFields, b: TermFields): boolean {
  return JSON.stringify(fieldsOf(a)) === JSON.stringify(fieldsOf(b))
}

export const newTerm: TermFields = { from: 'und', to: 'und', source: '', target: '', case_sensitive: false }

/** Terms in whose words the text stands, for a language if one is named, in the order of their words. */
export function findTerms(all: readonly Term[], typed: string, language: string, locale: string): Term[] {
  const looked = typed.trim().toLocaleLowerCase(locale)
  const order = new Intl.Collator(locale, { numeric: true })
  return all
    .filter((term) => !language || term.from === language || term.to === language)
    .filter((term) => [term.source, term.target].some((w) => w.toLocaleLowerCase(locale).includes(looked)))
    .sort((a, b) => order.compare(a.source, b.source) || a.from.localeCompare(b.from) || a.to.localeCompare(b.to))
}

/** The languages that terms are for, each once. */
export function languagesOf(all: readonly Term[]): string[] {
  return [...new Set(all.flatMap((term) => [term.from, term.to]))].filter((tag) => tag !== 'und')
}

/** The other term for the same word, letter by letter, and the same languages: a glossary has one at most. */
export function rival(all: readonly Term[], fields: TermFields, id: string | undefined): Term | undefined {
  const word = (t: TermFields) => t.source.trim().replace(/\s+/g, ' ')
  return all.find(
    (t) => t.id !== id && t.from === fields.from && t.to === fields.to && word(t) === word(fields) && word(t) !== '',
  )
}
