// What an agent is told before a line goes into another language: calmly, and never in his way. What travels badly is a saying that means
// something else than its words, and a date or a number that the other side reads differently.
import { sayings } from './sayings'
import { mostWarnings, type Warning } from './warning'

/** Of a text in `from` that somebody will read in `to`. */
export function risks(text: string, from: string, to: string): Warning[] {
  return [
    ...sayingsIn(text, from).map((text): Warning => ({ kind: 'saying', text })),
    ...datesIn(text, from, to).map((text): Warning => ({ kind: 'date', text })),
    ...numbersIn(text, from, to).map((text): Warning => ({ kind: 'number', text })),
  ].slice(0, mostWarnings)
}

const compiled = new Map<string, RegExp | undefined>()

function pattern(language: string): RegExp | undefined {
  const base = language.split('-')[0] ?? ''
  if (!compiled.has(base)) {
    const list = sayings[base]
    compiled.set(
      base,
      list &&
        new RegExp(
          // Longer ones first, blanks of any kind, and whole words: \b knows no letters but those of English.
          `(?<![\\p{L}\\p{N}])(?:${[...list]
            .sort((a, b) => b.length - a.length)
            .map((s) => s.replaceAll(' ', '\\s+').replaceAll("'", "['’]"))
            .join('|')})(?![\\p{L}\\p{N}])`,
          'giu',
        ),
    )
  }
  return compiled.get(base)
}

function sayingsIn(text: string, language: string): string[] {
  return unique(text.match(pattern(language) ?? /$^/g) ?? [])
}

/** 12/11/2026 is in November for some and in December for others; 25/12/2026 and 2026-11-12 are clear. */
function datesIn(text: string, from: string, to: string): string[] {
  if (!monthFirst(from) && !monthFirst(to)) return []
  const found = text.matchAll(/(?<![\d./-])(\d{1,2})([/.-])(\d{1,2})\2(?:\d{4}|\d{2})(?![\d/-]|\.\d)/g)
  return unique(
    [...found]
      .filter(([, a, , b]) => Number(a) <= 12 && Number(b) <= 12 && Number(a) !== Number(b))
      .map(([all]) => all),
  )
}

/** Whether a reader of this language may take the first number for the month. Of English without a country nobody knows. */
function monthFirst(language: string): boolean {
  const parts = formatted(() => new Intl.DateTimeFormat(language).formatToParts(0))
  const first = parts.find((p) => p.type === 'day' || p.type === 'month')
  return first?.type === 'month' && !parts.some((p, i) => p.type === 'year' && i === 0)
}

/** 1,500 is one and a half where the comma is the decimal sign, and fifteen hundred elsewhere; 1.500 the other way round. */
function numbersIn(text: string, from: string, to: string): string[] {
  const here = signs(from)
  const there = signs(to)
  const found = text.matchAll(/(?<![\p{L}\d.,/-])\d{1,3}([.,])\d{3}(?![\d/-]|[.,]\d)/gu)
  return unique(
    [...found]
      .filter(
        ([, sign]) =>
          (sign === here.group && sign === there.decimal) || (sign === here.decimal && sign === there.group),
      )
      .map(([all]) => all),
  )
}

function signs(language: string): { decimal: string | undefined; group: string | undefined } {
  const parts = formatted(() => new Intl.NumberFormat(language, { numberingSystem: 'latn' }).formatToParts(1234567.5))
  const sign = (type: string) => parts.find((p) => p.type === type)?.value
  return { decimal: sign('decimal'), group: sign('group') }
}

/** A tag that this browser cannot read has nothing to say. */
function formatted<T>(parts: () => T[]): T[] {
  try {
    return parts()
  } catch {
    return []
  }
}

function unique(all: readonly string[]): string[] {
  return [...new Set(all)]
}
