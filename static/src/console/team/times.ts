// A date and a time of day as the browser's own field takes them: local, to the minute.

const two = (n: number) => String(n).padStart(2, '0')

/** 2026-11-27T14:05, in the time zone of whoever looks at it. */
export function fieldValue(at: Date): string {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`
}

/** The earliest that may be chosen: the next whole minute. */
export function fieldMin(now: number): string {
  return fieldValue(new Date(now + 60_000))
}

/** What stands in a field that nobody has filled in: the first full hour that is more than half an hour away. */
export function fieldHour(now: number): string {
  const at = new Date(now + 90 * 60_000)
  at.setMinutes(0)
  return fieldValue(at)
}

/** What was chosen, if it is a moment to come. */
export function fieldMoment(value: string, now: number): Date | undefined {
  const at = new Date(value)
  return Number.isNaN(at.getTime()) || at.getTime() <= now ? undefined : at
}
