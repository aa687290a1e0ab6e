// How long somebody waits, and when that begins to matter.

export type Urgency = 'calm' | 'due' | 'late'

/** Seconds of waiting after which a row turns amber, and red. */
export const dueAfter = 45
export const lateAfter = 90

/** Whole seconds since a time of the wire, by the server's clock; never negative. */
export function secondsSince(since: string, now: number): number {
  const from = Date.parse(since)
  return Number.isNaN(from) ? 0 : Math.max(0, Math.floor((now - from) / 1000))
}

export function urgency(seconds: number): Urgency {
  return seconds >= lateAfter ? 'late' : seconds >= dueAfter ? 'due' : 'calm'
}

export type Unit = 's' | 'min' | 'h' | 'd'

/** The largest unit of which there is at least one, and how many: 95 s is 1 min, not 1.6. */
export function inUnits(seconds: number): { n: number; unit: Unit } {
  if (seconds < 60) return { n: seconds, unit: 's' }
  if (seconds < 3600) return { n: Math.floor(seconds / 60), unit: 'min' }
  if (seconds < 86400) return { n: Math.floor(seconds / 3600), unit: 'h' }
  return { n: Math.floor(seconds / 86400), unit: 'd' }
}

/** The next moments at which a snoozed conversation may wake: an hour on, tomorrow and next Monday at nine, local time. */
export function wakeTimes(now: Date): { hour: Date; tomorrow: Date; monday: Date } {
  const hour = new Date(now.getTime() + 3_600_000)
  const at9 = (days: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 9)
  const toMonday = (8 - now.getDay()) % 7 || 7
  return { hour, tomorrow: at9(1), monday: at9(toMonday) }
}
