// Times as lists and menus say them, over the shared ones.
import { kept } from '../../shared/i18n'
import { clock } from '../../shared/time'
import { locale } from './words'

/** The browser's own variant of the interface's language, so that an English console in Dublin has 14:05 and not 2:05 PM. */
export function timeLocale(): string {
  const own = locale()
  return navigator.languages.find((l) => l.split('-')[0] === own.split('-')[0]) ?? own
}

const weekday = kept((l) => new Intl.DateTimeFormat(l, { weekday: 'short' }))
const date = kept((l) => new Intl.DateTimeFormat(l, { day: 'numeric', month: 'short' }))
/** On a wall in another zone, and whether it is night there. */
const wall = kept((l, zone) => {
  return new Intl.DateTimeFormat(l, { timeZone: zone, weekday: 'short', hour: 'numeric', minute: '2-digit' })
})
const hourThere = kept((l, zone) => new Intl.DateTimeFormat(l, { timeZone: zone, hour: '2-digit', hourCycle: 'h23' }))

/** Calendar days from `at` to `now`, local time; 0 is the same day, -1 tomorrow. Days of summer time have 23 hours, hence the rounding. */
export function daysAgo(at: number, now: number): number {
  const midnight = (ms: number) => new Date(ms).setHours(0, 0, 0, 0)
  return Math.round((midnight(now) - midnight(at)) / 86_400_000)
}

/** The time today, the weekday within a week, else the day: as much as a list has room for. */
export function shortTime(at: string, now: number): string {
  const d = new Date(at)
  const days = daysAgo(d.getTime(), now)
  return days === 0
    ? clock(at, timeLocale())
    : Math.abs(days) < 7
      ? weekday(timeLocale()).format(d)
      : date(timeLocale()).format(d)
}

/** A moment to come: 14:05, "Mon 09:00", "24 Nov 09:00". */
export function moment(at: string, now: number): string {
  const d = new Date(at)
  const days = daysAgo(d.getTime(), now)
  const time = clock(at, timeLocale())
  if (days === 0) return time
  return `${days < 0 && days > -7 ? weekday(timeLocale()).format(d) : date(timeLocale()).format(d)} ${time}`
}

/** What the clock on somebody's wall says, and whether it is night there; undefined if this browser does not know the zone. */
export function clockIn(zone: string, now: number): { time: string; night: boolean } | undefined {
  try {
    const time = wall(timeLocale(), zone).format(now)
    const hour = Number(hourThere('en-GB', zone).format(now))
    return { time, night: hour < 7 || hour >= 22 }
  } catch {
    return undefined
  }
}
