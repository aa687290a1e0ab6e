// Which word an agent may have put right in a translation, for the glossary: what he wrote instead of what, and what stands in the original for it.

export interface TermGuess {
  source: string
  target: string
}

/** More words than these are another sentence, and no term. */
const mostWords = 4

/** A guess at what to always translate as what; undefined if nothing small has changed. The original's side is a guess by place, for a person to correct. */
export function guessTerm(original: string, before: string, after: string): TermGuess | undefined {
  const source = wordsOf(original)
  const was = wordsOf(before)
  const is = wordsOf(after)
  let from = 0
  while (from < Math.min(was.length, is.length) && was[from] === is[from]) from++
  let behind = 0
  while (behind < Math.min(was.length, is.length) - from && was.at(-1 - behind) === is.at(-1 - behind)) behind++
  const wrong = was.slice(from, was.length - behind)
  const right = is.slice(from, is.length - behind)
  if (
    was.length === 0 ||
    right.length === 0 ||
    right.length > mostWords ||
    wrong.length > mostWords ||
    source.length === 0
  )
    return undefined
  const target = right.join(' ')
  // What an engine did not know it has left as it was.
  const kept = wrong.filter((word) => source.includes(word))
  if (kept.length > 0 && kept.length === wrong.length) return { source: kept.join(' '), target }
  const place = (at: number) => Math.round((at / Math.max(1, was.length)) * source.length)
  const start = Math.min(place(from), source.length - 1)
  const end = Math.max(start + 1, place(was.length - behind))
  return { source: source.slice(start, end).slice(0, mostWords).join(' '), target }
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{M}\p{N}]+(?:[-'’][\p{L}\p{M}\p{N}]+)*/gu) ?? []
}
