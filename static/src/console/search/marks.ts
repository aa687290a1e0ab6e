// Texts of hits, cut where they are marked.
import type { Snippet } from '../../shared/wire.gen'

export interface Piece {
  text: string
  marked: boolean
}

/** The pieces of a snippet, in order; marks that do not fit the text are passed over. */
export function pieces({ text, marks = [] }: Pick<Snippet, 'text' | 'marks'>): Piece[] {
  const all: Piece[] = []
  let at = 0
  for (const { from, to } of marks) {
    if (from < at || to <= from || to > text.length) continue
    if (from > at) all.push({ text: text.slice(at, from), marked: false })
    all.push({ text: text.slice(from, to), marked: true })
    at = to
  }
  if (at < text.length) all.push({ text: text.slice(at), marked: false })
  return all
}

/** The moments that two days of a calendar stand for, in local time: from the beginning of the one to the end of the other. Either may be empty. */
export function span(first: string, last: string): { from?: string; to?: string } {
  const from = midnight(first)
  const to = midnight(last, 1)
  return { ...(from && { from }), ...(to && { to }) }
}

function midnight(day: string, later = 0): string | undefined {
  const [y, m, d] = day.split('-').map(Number)
  if (!y || !m || !d) return undefined
  const at = new Date(y, m - 1, d + later)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}
