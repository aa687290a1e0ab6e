// Canned replies as the composer needs them: found by what is typed behind a slash, filled in, and put into a draft.
import type { Canned, CannedText, Conversation } from '../../shared/wire.gen'
import { sameLanguage } from '../app/languages'
import { score } from '../palette/score'
import type { Draft } from './drafts'

/** More is not read. */
export const cannedShown = 8

/** A canned reply as it would go into the draft. */
export interface CannedHit {
  name: string
  /** What goes into the box, in `language`. */
  text: string
  language: string
  /** The approved text in the customer's language, which he gets as it stands. */
  approved?: string
}

/** What is looked for: the first word of a box that begins with a slash; undefined if nothing is. */
export function cannedQuery(text: string): string | undefined {
  const found = /^\/([^\s/]{0,40})$/.exec(text)
  return found?.[1]
}

/** The replies that fit a query by their name, or less well by their text, the best first. */
export function cannedHits(
  all: readonly Canned[],
  query: string,
  row: Conversation,
  writes: string,
  agent: string,
): CannedHit[] {
  const scored = []
  for (const one of all) {
    const hit = hitOf(one, row, writes, agent)
    const points = hit && Math.max(score(query, one.name), 0.6 * score(query, hit.text))
    if (hit && points) scored.push({ hit, points })
  }
  if (query !== '') scored.sort((a, b) => b.points - a.points)
  return scored.slice(0, cannedShown).map(({ hit }) => hit)
}

/** The text for the agent's eyes: in the language he writes, else in the customer's, else the first; approved before not. */
function hitOf(one: Canned, row: Conversation, writes: string, agent: string): CannedHit | undefined {
  const forCustomer = one.texts.find((t) => t.state === 'approved' && sameLanguage(t.language, row.language))
  const own = [...one.texts].sort((a, b) => rank(b, writes) - rank(a, writes))[0]
  const shown = own && sameLanguage(own.language, writes) ? own : (forCustomer ?? own)
  if (!shown) return undefined
  const hit: CannedHit = { name: one.name, text: filled(shown.text, row, agent), language: shown.language }
  const approved = forCustomer && filled(forCustomer.text, row, agent)
  // One of a pair that still wants an order number is written out first: as it stands it would not say what the other says.
  if (approved !== undefined && !sameLanguage(shown.language, row.language) && !open(approved) && !open(hit.text))
    hit.approved = approved
  return hit
}

function rank(t: CannedText, writes: string): number {
  return (sameLanguage(t.language, writes) ? 2 : 0) + (t.state === 'approved' ? 1 : 0)
}

/** Whether something is left to be filled in. */
function open(text: string): boolean {
  return /\{(name|order|agent)\}/.test(text)
}

/** The text with what is known. A customer without a name is not addressed by one; an order that nobody knows stays for the agent to write. */
export function filled(text: string, row: Conversation, agent: string): string {
  const order = row.visitor.attributes.order ?? row.visitor.attributes.order_id
  return text
    .replaceAll('{agent}', () => agent)
    .replaceAll('{order}', () => order ?? '{order}')
    .replace(/[,،、]?[\s\u00a0]*\{name\}/gu, (found) =>
      row.visitor.name ? found.replace('{name}', () => row.visitor.name) : '',
    )
    .trim()
}

/** The change of a draft that a chosen reply makes. */
export function cannedDraft(hit: CannedHit, row: Conversation, writes: string): Partial<Draft> {
  return {
    text: hit.text,
    language: sameLanguage(hit.language, writes) ? undefined : hit.language,
    reviewed:
      hit.approved === undefined
        ? undefined
        : { of: hit.text, language: row.language, text: hit.approved, canned: true },
  }
}

/** Asks for the replies of a site. Whoever cannot be reached has none: the slash is a character like any other then. */
export async function fetchCanned(site: string): Promise<Canned[]> {
  try {
    const answer = await fetch(`/agent/v1/sites/${encodeURIComponent(site)}/canned`, { credentials: 'same-origin' })
    if (!answer.ok) return []
    const list = (await answer.json()) as { canned?: Canned[] }
    return list.canned ?? []
  } catch {
    return []
  }
}
