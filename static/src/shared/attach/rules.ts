// What may be attached, as far as a browser can know it before anything is uploaded. The server looks at the bytes and has the last word.
import { numberFormat } from '../i18n'

/** Types by the ends of names that they go under: not every system tells a browser the type of a file. */
const types: ReadonlyMap<string, string> = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['gif', 'image/gif'],
  ['webp', 'image/webp'],
  ['pdf', 'application/pdf'],
  ['txt', 'text/plain'],
  ['log', 'text/plain'],
  ['md', 'text/plain'],
])

const allowed: ReadonlySet<string> = new Set(types.values())

export interface Limits {
  /** Of one file. */
  bytes: number
  /** Files of one message. */
  files: number
}

/** What a server says of its limits, where 0 is none; one that says nothing has those that it comes with. */
export function limitsOf({ bytes, files }: Limits = { bytes: 10 << 20, files: 5 }): Limits {
  return { bytes: bytes || Number.POSITIVE_INFINITY, files: files || Number.POSITIVE_INFINITY }
}

/** Why a file is not taken: kind (no such file can be sent), large, empty, or many (there are enough already). */
export type Why = 'kind' | 'large' | 'empty' | 'many'

export interface Refusal {
  name: string
  why: Why
}

interface Named {
  name: string
  type: string
  size: number
}

/** The type of a file: what the browser says, else what its name ends in; empty if neither is of any use. Texts have many types, and are all plain. */
export function typeOf(file: Pick<Named, 'name' | 'type'>): string {
  const said = file.type.split(';')[0]!.trim().toLowerCase()
  const named = types.get(endOf(file.name).toLowerCase()) ?? ''
  return said === '' || (named === 'text/plain' && said.startsWith('text/')) ? named : said
}

/** Why a file cannot be sent, if that can be known here. `there` counts the files that the message has already. */
export function refuse(file: Named, there: number, limits: Limits): Why | undefined {
  if (!allowed.has(typeOf(file))) return 'kind'
  if (file.size === 0) return 'empty'
  if (file.size > limits.bytes) return 'large'
  return there >= limits.files ? 'many' : undefined
}

function endOf(name: string): string {
  return /\.([^.]+)$/.exec(name)?.[1] ?? ''
}

// Marks that turn the direction of what follows, and characters that are not seen: a name must not look like another one.
const unseen = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu

/** Characters of a name that are shown. */
const longest = 32

/** A name as it is shown: what is too long is left out in the middle, because the end says what it is. */
export function shownName(name: string): string {
  const all = [...name.replace(unseen, '')]
  if (all.length <= longest) return all.join('')
  const end = Math.min(endOf(name).length + 6, 14)
  return `${all.slice(0, longest - end - 1).join('')}…${all.slice(-end).join('')}`
}

/** A name inside of a sentence: it keeps its own direction and does not turn the sentence's. */
export function isolated(name: string): string {
  return `\u2068${shownName(name)}\u2069`
}

const units = ['byte', 'kilobyte', 'megabyte'] as const

/** A size as people say it: 640 kB, 2.4 MB, 69 bytes (whose short form knows no plural). */
export function sizeName(bytes: number, language: string): string {
  let n = bytes
  let unit = 0
  while (n >= 1000 && unit < units.length - 1) {
    n /= 1024
    unit++
  }
  return unitFormat(language, units[unit]!).format(n)
}

function unitFormat(language: string, unit: string): Intl.NumberFormat {
  const { locale } = numberFormat(language).resolvedOptions()
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: unit === 'byte' ? 'long' : 'short',
    maximumFractionDigits: unit === 'megabyte' ? 1 : 0,
  })
}

/** A part of a whole, as people say it: 45 %. */
export function percent(part: number, language: string): string {
  const { locale } = numberFormat(language).resolvedOptions()
  return new Intl.NumberFormat(locale, { style: 'percent' }).format(part)
}

/** Which of how many, from 1: 2 / 5. */
export function placeOf(at: number, all: number, language: string): string {
  const { format } = numberFormat(language)
  return `${format(at)} / ${format(all)}`
}
