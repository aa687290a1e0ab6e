// What is no word of any language and must read the same on both sides: links, addresses, order numbers, prices, numbers. One list for
// whoever marks them, for whoever misses one in a translation, and for whoever looks for the number of an order.

export type EntityKind = 'link' | 'mail' | 'price' | 'order' | 'number'

export interface Entity {
  kind: EntityKind
  /** Where it stands in its text, in UTF-16 units; `to` is behind its last. */
  from: number
  to: number
}

/**
 * Letters and digits of a word. A script without blanks between words writes its letters right beside a number, and they are no part of it: 注文4711の返金. Its
 * digits are: ๔๗.
 */
const word =
  '(?:\\p{Nd}|(?![\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Hang}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}])[\\p{L}\\p{N}])+'

/** A link; a mail address; a word, with what joins the parts of codes and of numbers. */
const tokens = new RegExp(
  `https?://[^\\s<>"]+|www\\.[^\\s<>"]+|[\\p{L}\\p{N}._%+-]+@[\\p{L}\\p{N}-]+(?:\\.[\\p{L}\\p{N}-]+)+|[#@]?${word}(?:[-_/]${word}|(?<=\\p{N})[.,:'’](?=\\p{N})${word})*`,
  'gu',
)

/** Signs at the end of a token that belong to the sentence. */
const trailing = /[.,;:!?)\]}'"»”’…]+$/u

const currencies =
  '(?:\\p{Sc}|(?:EUR|USD|GBP|CHF|CAD|AUD|MXN|BRL|JPY|CNY|PLN|SEK|NOK|DKK|CZK|TRY|AED|SAR)(?![\\p{L}\\p{N}]))'
const currencyBefore = new RegExp(`(?<![\\p{L}\\p{N}])${currencies}[ \\u00a0\\u202f]?$`, 'u')
const currencyBehind = new RegExp(`^[ \\u00a0\\u202f]?${currencies}`, 'u')

export function isAddress(token: string): boolean {
  return /^(?:https?:|www\.)|.@./.test(token)
}

/** The tokens of a text that have a digit, and the addresses, in their order. */
export function entities(text: string): Entity[] {
  const found: Entity[] = []
  for (const match of text.matchAll(tokens)) {
    const token = match[0].replace(trailing, '')
    if (!/\p{N}/u.test(token) && !isAddress(token)) continue
    const entity: Entity = { kind: kindOf(token), from: match.index, to: match.index + token.length }
    if (entity.kind === 'number') withCurrency(text, entity)
    found.push(entity)
  }
  return found
}

/** The same as texts. */
export function tokensOf(text: string): string[] {
  return (text.match(tokens) ?? [])
    .map((token) => token.replace(trailing, ''))
    .filter((token) => /\p{N}/u.test(token) || isAddress(token))
}

function kindOf(token: string): EntityKind {
  if (isAddress(token)) return token.includes('@') && !/^https?:/.test(token) ? 'mail' : 'link'
  if (/^#.*\p{N}/u.test(token)) return 'order'
  // Letters and digits mixed are a code if somebody took the trouble of capitals, or of a sign between them: DE-2291-X, and not "2nd" or "3pm".
  const mixed = /\p{Lu}/u.test(token) && /\p{N}.*\p{N}/u.test(token)
  return mixed ? 'order' : 'number'
}

/** A number is a price with what stands at its side. */
function withCurrency(text: string, entity: Entity): void {
  const before = currencyBefore.exec(text.slice(Math.max(0, entity.from - 5), entity.from))
  const behind = currencyBehind.exec(text.slice(entity.to, entity.to + 5))
  if (before) entity.from -= before[0].length
  else if (behind) entity.to += behind[0].length
  if (before || behind) entity.kind = 'price'
}

/** So many digits are taken for the number of an order although nothing says so. */
const long = /^\p{Nd}{5,}$/u

/** The number of an order that a text names: marked as one, else a code, else a long number; the last of the best. */
export function orderIn(text: string): string | undefined {
  let best: { rank: number; text: string } | undefined
  for (const { kind, from, to } of entities(text)) {
    const token = text.slice(from, to)
    const rank = token.startsWith('#') ? 3 : kind === 'order' ? 2 : kind === 'number' && long.test(token) ? 1 : 0
    if (rank > 0 && rank >= (best?.rank ?? 0)) best = { rank, text: token }
  }
  return best?.text
}
