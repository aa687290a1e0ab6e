// Texts, and everything else that depends on a language. What Intl knows is not in a catalogue. Formatters are kept: making
// one costs a hundred times what using one does.

export { nearest, plainTag } from './tags'

/** A text, or one text for each plural category of the language. `{name}` is a placeholder; `{n}` decides the category. */
export type Catalogue = Record<string, string | Partial<Record<Intl.LDMLPluralRule, string>>>

export type Values = Record<string, string | number>

export type Translate = (key: string, values?: Values) => string

/**
 * Returns t for a catalogue. A key that is missing shows itself, so that it is seen in a test and does no harm in a shop. From right to left
 * each text that is put in stands apart, or a Latin name draws the number behind it to its own side.
 */
export function translator(language: string, catalogue: Catalogue): Translate {
  return (key, values = {}) => {
    const entry = catalogue[key]
    if (entry === undefined) return key
    let text = entry
    if (typeof text !== 'string') text = text[pluralOf(language, Number(values.n))] ?? text.other ?? key
    return text.replace(/\{([a-z]+)\}/g, (whole, name: string) => {
      const v = values[name]
      if (typeof v === 'number') return numberFormat(language).format(v)
      return v === undefined ? whole : direction(language) === 'rtl' ? `\u2068${v}\u2069` : v
    })
  }
}

/** A formatter for each language, and each variant of it, made when it is first asked for. */
export function kept<T>(make: (language: string, variant: string) => T): (language: string, variant?: string) => T {
  const made = new Map<string, T>()
  return (language, variant = '') => {
    const name = `${language} ${variant}`
    let f = made.get(name)
    if (f === undefined) {
      try {
        f = make(language, variant)
      } catch {
        // A tag that this browser cannot read: its own language is better than nothing.
        f = make('en', variant)
      }
      made.set(name, f)
    }
    return f
  }
}

const pluralRules = kept((l) => new Intl.PluralRules(l))
export const numberFormat = kept((l) => new Intl.NumberFormat(l))
const names = kept((l) => new Intl.DisplayNames(l, { type: 'language', fallback: 'code', languageDisplay: 'standard' }))

const unitFormat = kept((l, unit) => new Intl.NumberFormat(l, { style: 'unit', unit, unitDisplay: 'long' }))

/** How long something still takes, as it stands in a sentence: 12 seconds, 3 minutes. Rounded up, so that nobody comes too soon. */
export function duration(ms: number, language: string): string {
  const s = Math.max(1, Math.ceil(ms / 1000))
  return s < 100 ? unitFormat(language, 'second').format(s) : unitFormat(language, 'minute').format(Math.ceil(s / 60))
}

/** How long something takes about, in whole minutes, or hours where it is long: 2 minutes, 3 hours. */
export function about(seconds: number, language: string): string {
  const minutes = Math.max(1, Math.ceil(seconds / 60))
  return minutes < 90
    ? unitFormat(language, 'minute').format(minutes)
    : unitFormat(language, 'hour').format(Math.ceil(minutes / 60))
}

/** Emma, Lucía and Ada */
export const listFormat = kept((l) => new Intl.ListFormat(l))

function pluralOf(language: string, n: number): Intl.LDMLPluralRule {
  return pluralRules(language).select(n)
}

/** The name of a language in a language, as it stands in a sentence: German, alemán, الألمانية. */
export function languageName(tag: string, into: string): string {
  try {
    return names(into).of(tag) ?? tag
  } catch {
    return tag
  }
}

const rtl = new Set(['ar', 'arc', 'ckb', 'dv', 'fa', 'he', 'ks', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi'])

export function direction(tag: string): 'ltr' | 'rtl' {
  const [base = '', script = ''] = tag.split('-')
  if (/^(latn|cyrl)$/i.test(script)) return 'ltr'
  return rtl.has(base.toLowerCase()) || /^(arab|hebr)$/i.test(script) ? 'rtl' : 'ltr'
}

// Tags that browsers keep apart, and a reader does not.
const macro: Record<string, string> = { nb: 'no', cmn: 'zh' }

function written(tag: string): string {
  // Asked before maximize, which takes "und" for English.
  if (/^(und)?(-|$)/i.test(tag)) return ''
  const { language, script } = new Intl.Locale(tag).maximize()
  return `${macro[language] ?? language}-${script}`
}

/**
 * Whether who reads one reads the other: same language and script after likely subtags, as chat.SameLanguage has it. The
 * undetermined language equals nothing. The server has the last word.
 */
export function sameLanguage(a: string, b: string): boolean {
  try {
    const x = written(a)
    return x !== '' && x === written(b)
  } catch {
    return a === b && a !== ''
  }
}
