// Which rows of a long list are in the document: rows have one fixed height, so it is arithmetic.

/** Height of a row in CSS pixels; inbox.css uses the same numbers. */
export const rowHeight = { comfortable: 68, compact: 52 } as const

/** More rows than this are never in the document, however tall the screen is. */
export const maxRows = 40

export interface Slice {
  from: number
  to: number
}

export function slice(scrollTop: number, height: number, row: number, count: number): Slice {
  const first = Math.max(0, Math.floor(scrollTop / row))
  const fit = Math.ceil(height / row) + 1
  // What is left of the allowance is kept ready on both sides, so that a flick does not show a gap.
  const spare = Math.max(0, Math.min(6, Math.floor((maxRows - fit) / 2)))
  const from = Math.max(0, Math.min(first - spare, count - 1))
  return { from, to: Math.min(count, from + Math.min(maxRows, fit + 2 * spare)) }
}

/** Where to scroll so that row `at` is wholly seen; undefined if it is already. */
export function reveal(at: number, scrollTop: number, height: number, row: number): number | undefined {
  const top = at * row
  if (top < scrollTop) return top
  if (top + row > scrollTop + height) return top + row - height
  return undefined
}
