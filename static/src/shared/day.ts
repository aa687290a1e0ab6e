/** The local calendar day, as a key. */
export function dayKey(at: string | number | Date): string {
  const d = new Date(at)
  return `${d.getFullYear()}-${d.getMonth() + 1}-${d.getDate()}`
}
