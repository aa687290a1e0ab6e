/**
 * How well a text fits a query, 0 for not at all: its letters in order, better at the beginnings of words, in a row, and in a short text.
 * An empty query fits everything a little.
 */
export function score(query: string, text: string): number {
  if (query === '') return 1
  const wanted = fold(query)
  const given = fold(text)
  const whole = given.indexOf(wanted)
  if (whole >= 0) return 100 + (startsWord(given, whole) ? 50 : 0) - Math.min(whole, 40) - given.length / 100
  let points = 0
  let at = -1
  for (const letter of wanted) {
    if (letter === ' ') continue
    const next = given.indexOf(letter, at + 1)
    if (next < 0) return 0
    points += next === at + 1 ? 3 : startsWord(given, next) ? 2 : -1
    at = next
  }
  // Letters scattered over a long line are chance, not a find.
  return points > wanted.length ? points : 0
}

function startsWord(text: string, at: number): boolean {
  return at === 0 || /[\s\-_.@/]/.test(text[at - 1] ?? '')
}

/** Without case and accents, so that "lucia" finds "Lucía". */
function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
