// The conversation as a text file, made here in the browser: what was read, and under a translation what was written.
import type { Translate } from '../shared/i18n'
import { languageName, plainTag } from '../shared/i18n'
import { clock, fullDate } from '../shared/time'
import { eventLine } from './events'
import { reading } from './reading'
import type { Bubble, Day } from './thread'

export interface TranscriptOptions {
  /** The shop's name. */
  title: string
  t: Translate
  /** Of the interface, and of the visitor's own lines. */
  language: string
  own: string
}

/** Lines that are not stored yet are left out: nobody has them. */
export function transcript(days: readonly Day[], o: TranscriptOptions): string {
  const out = [o.title]
  for (const day of days) {
    out.push('', fullDate(day.at, o.language))
    for (const item of day.items) {
      if (item.type === 'event') out.push(`${clock(item.at, o.language)}  ${eventLine(item.message, o.t, o.language)}`)
      else for (const b of item.bubbles) out.push(...said(b, item.mine, o))
    }
  }
  return `${out.join('\n')}\n`
}

function said(b: Bubble, mine: boolean, o: TranscriptOptions): string[] {
  if (b.type === 'line') return []
  const m = b.message
  const { text, original } = mine ? { text: m.text, original: undefined } : reading(m, o.own)
  const files = m.attachments.map((f) => `[${f.name}]`)
  const lines = [[clock(m.at, o.language), '', `${mine ? o.t('you') : m.author.name}:`, text, ...files].join(' ')]
  if (original) {
    const from = o.t('line.from', { language: languageName(plainTag(original.language), o.language) })
    lines.push(`       ${from}: ${original.text}`)
  }
  return lines
}

/** Hands a text to the browser as a file. The mark in front says in which encoding it is to programs that would guess. */
export function saveText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob(['\ufeff', text], { type: 'text/plain;charset=utf-8' }))
  const a = document.createElement('a')
  a.href = url
  a.download = name
  a.click()
  // The browser reads it after this turn.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
