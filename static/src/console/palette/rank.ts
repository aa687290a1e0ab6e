// The order of what the palette offers: what was chosen lately first, then by how well it fits.
import { score } from './score'

/** More is not read. */
export const shown = 12
/** How many choices are remembered. */
export const remembered = 8

interface Offer {
  key: string
  text: string
  hint?: string
}

/** What fits, the best first; without a query what was chosen lately, and then the offers as they come. */
export function rank<T extends Offer>(offers: readonly T[], query: string, recent: readonly string[]): T[] {
  const lately = (offer: T) => {
    const at = recent.indexOf(offer.key)
    return at < 0 ? 0 : recent.length - at
  }
  if (query === '') return [...offers].sort((a, b) => lately(b) - lately(a)).slice(0, shown)
  return offers
    .map((offer) => ({ offer, points: Math.max(score(query, offer.text), 0.6 * score(query, offer.hint ?? '')) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points + lately(b.offer) - a.points - lately(a.offer))
    .slice(0, shown)
    .map(({ offer }) => offer)
}

/** The choices with one more, the newest first. */
export function recently(recent: readonly string[], key: string): string[] {
  return [key, ...recent.filter((k) => k !== key)].slice(0, remembered)
}
