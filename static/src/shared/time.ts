// Times of the wire (RFC 3339, UTC) as people read them, in their own zone.
import { kept } from './i18n'

const relativeFormat = kept((l) => new Intl.RelativeTimeFormat(l, { numeric: 'auto' }))

/** By name: clock (10:42), day (Monday, 3 November), date (3 Nov 2026), full. */
const dateFormat = kept((l, kind) => new Intl.DateTimeFormat(l, dateStyles[kind] ?? {}))

const dateStyles: Record<string, Intl.DateTimeFormatOptions> = {
  clock: { hour: 'numeric', minute: '2-digit' },
  day: { weekday: 'long', day: 'numeric', month: 'long' },
  date: { day: 'numeric', month: 'short', year: 'numeric' },
  full: { dateStyle: 'full', timeStyle: 'short' },
}

/** 10:42 or 10:42 AM, as the language has it. */
export function clock(at: string, language: string): string {
  return dateFormat(language, 'clock').format(new Date(at))
}

/** A moment in full, for a title or a screen reader. */
export function fullTime(at: string, language: string): string {
  return dateFormat(language, 'full').format(new Date(at))
}

/** 3 Nov 2026, as the language has it. */
export function fullDate(at: string, language: string): string {
  return dateFormat(language, 'date').format(new Date(at))
}

/** Heading of a day: today, yesterday, else the weekday and date, with the year if it is not this one. */
export function dayName(at: string, language: string, now = new Date()): string {
  const d = new Date(at)
  const days = Math.round((midnight(d) - midnight(now)) / 86_400_000)
  if (days === 0 || days === -1) return capital(relativeFormat(language).format(days, 'day'), language)
  if (d.getFullYear() !== now.getFullYear()) return dateFormat(language, 'date').format(d)
  return capital(dateFormat(language, 'day').format(d), language)
}

function midnight(d: Date): number {
  return new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime()
}

function capital(s: string, language: string): string {
  return s.charAt(0).toLocaleUpperCase(language) + s.slice(1)
}
