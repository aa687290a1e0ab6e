// Times of the wire (RFC 3339, UTC) as people read them, in their own zone.
import { dateFormat, relativeFormat } from './i18n'

/** 10:42 or 10:42 AM, as the language has it. */
export function clock(at: string, language: string): string {
  return dateFormat(language, 'clock').format(new Date(at))
}

/** A moment in full, for a title or a screen reader. */
export function fullTime(at: string, language: string): string {
  return dateFormat(language, 'full').format(new Date(at))
}

/** The local calendar day, as a key. */
export function dayKey(at: string | number | Date): string {
  const d = new Date(at)
  return `${d.getFullYear()}-${d.getMonth() + 1}-${d.getDate()}`
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
