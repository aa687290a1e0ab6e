// Numbers of several groups in a line that runs from right to left. A browser sets each group by itself, the first one to the right: of +966 50 123 4567
// it makes 4567 123 50 966+. Nobody writes or reads them like that, so they stand in an isolate of their own.

const fromRight = /[\p{sc=Arab}\p{sc=Hebr}\p{sc=Thaa}\p{sc=Syrc}\p{sc=Nkoo}]/u

/** Groups of digits joined by blanks, hyphens or brackets, or with a sign in front; no part of a code that has letters in it. */
const candidate =
  /(?<![\p{L}\p{N}_@#+-])[#+]?\(?\p{Nd}+\)?(?:[ \u00a0-]{1,2}\(?\p{Nd}+\)?)*(?![\p{L}\p{N}_]|-[\p{L}\p{N}])/gu

/** So many digits are no two numbers beside each other, and no range. */
const enough = 7

export type Stretch = string | { number: string }

/** A text as what may be set as it comes, and the numbers that have to be set from left to right. */
export function stretches(text: string): Stretch[] {
  if (!fromRight.test(text)) return [text]
  const out: Stretch[] = []
  let at = 0
  for (const { 0: number, index } of text.matchAll(candidate)) {
    const digits = number.match(/\p{Nd}/gu)?.length ?? 0
    if (!/[ \u00a0()#+-]/.test(number) || (digits < enough && !number.startsWith('#'))) continue
    out.push(text.slice(at, index), { number })
    at = index + number.length
  }
  return [...out, text.slice(at)].filter((s) => s !== '')
}
