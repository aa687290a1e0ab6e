// Canned replies as the composer needs them: found by what is typed behind a slash, filled in, and put into a draft.
import { orderIn } from '../../shared/entities'
import type { Canned, CannedText, Conversation, Message } from '../../shared/wire.gen'
import { sameLanguage } from '../app/languages'
import { score } from '../palette/score'
import type { Draft } from './drafts'

/** More is not read. */
export const cannedShown = 8

/** What the variables of a canned reply stand for; empty where nobody knows. */
export interface Values {
  name: string
  order: string
  agent: string
}

/** A canned reply as it would go into the draft. */
export interface CannedHit {
  name: string
  /** What goes into the box, in `language`. */
  text: string
  language: string
  /** The approved text in the customer's language, which he gets as it stands once nothing in it is open. */
  approved?: string
}

/** Both texts of a reply that still wants something, so that the customer's can be completed with what the agent writes. */
export interface Template {
  own: string
  theirs: string
  language: string
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
  customer: string,
  writes: string,
  values: Values,
): CannedHit[] {
  const scored = []
  for (const one of all) {
    const hit = hitOf(one, customer, writes, values)
    const points = hit && Math.max(score(query, one.name), 0.6 * score(query, hit.text))
    if (hit && points) scored.push({ hit, points })
  }
  if (query !== '') scored.sort((a, b) => b.points - a.points)
  return scored.slice(0, cannedShown).map(({ hit }) => hit)
}

/** The text for the agent's eyes: in the language he writes, else in the customer's, else the first; approved before not. */
function hitOf(one: Canned, customer: string, writes: string, values: Values): CannedHit | undefined {
  const forCustomer = one.texts.find((t) => t.state === 'approved' && sameLanguage(t.language, customer))
  const own = [...one.texts].sort((a, b) => rank(b, writes) - rank(a, writes))[0]
  const shown = own && sameLanguage(own.language, writes) ? own : (forCustomer ?? own)
  if (!shown) return undefined
  const hit: CannedHit = { name: one.name, text: filled(shown.text, values), language: shown.language }
  if (forCustomer && !sameLanguage(shown.language, customer)) hit.approved = filled(forCustomer.text, values)
  return hit
}

function rank(t: CannedText, writes: string): number {
  return (sameLanguage(t.language, writes) ? 2 : 0) + (t.state === 'approved' ? 1 : 0)
}

/** The variables that are left to be filled in, as they stand in the text, each once. */
export function openIn(text: string): string[] {
  return [...new Set(text.match(variable) ?? [])]
}

const variable = /\{(?:name|order|agent)\}/g

/** The text with what is known. A customer without a name is not addressed by one; an order that nobody knows stays for the agent to write. */
export function filled(text: string, { name, order, agent }: Values): string {
  return text
    .replaceAll('{agent}', () => agent || '{agent}')
    .replaceAll('{order}', () => order || '{order}')
    .replace(/[,،、]?[\s\u00a0]*\{name\}/gu, (found) => (name ? found.replace('{name}', () => name) : ''))
    .trim()
}

/** Attributes in which shops say the number of the order, without case and signs between. */
const orderNames: ReadonlySet<string> = new Set(['order', 'orderid', 'orderno', 'ordernumber', 'lastorder'])

/** What is known of a conversation. The order is the one that the shop says, else the last that the customer has named in these lines. */
export function valuesOf(row: Conversation, lines: readonly Message[], agent: string): Values {
  const said = Object.entries(row.visitor.attributes).find(
    ([name, value]) => value && orderNames.has(name.toLowerCase().replace(/[^a-z]/g, '')),
  )?.[1]
  const named = () => {
    const line = lines.findLast((m) => m.author.kind === 'visitor' && m.kind === 'message' && orderIn(m.text))
    return line && orderIn(line.text)
  }
  // What the server calls somebody who has not said a name is nothing to greet him with.
  const { id, name } = row.visitor
  return { name: name === `Visitor ${id.slice(-4)}` ? '' : name, order: said ?? named() ?? '', agent }
}

/** The change of a draft that a chosen reply makes, beside its text. */
export function cannedDraft(hit: CannedHit, customer: string, writes: string): Partial<Draft> {
  const { text, approved } = hit
  const open = openIn(text).length > 0 || (approved !== undefined && openIn(approved).length > 0)
  return {
    language: sameLanguage(hit.language, writes) ? undefined : hit.language,
    reviewed:
      approved === undefined || open ? undefined : { of: text, language: customer, text: approved, canned: true },
    template: approved === undefined || !open ? undefined : { own: text, theirs: approved, language: customer },
  }
}

/**
 * The approved text with what the agent has written in the places of the open variables; undefined if the text says something else, or a variable is
 * still open.
 */
export function completed({ own, theirs }: Template, text: string): string | undefined {
  const names: string[] = []
  const pattern = own
    .trim()
    .split(/(\{(?:name|order|agent)\})/)
    .map((part) => {
      const name = /^\{(name|order|agent)\}$/.exec(part)?.[1]
      if (!name) return part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
      if (names.includes(name)) return `\\k<${name}>`
      names.push(name)
      return `(?<${name}>[^{}\\n]{1,200}?)`
    })
    .join('')
  const found = new RegExp(`^${pattern}$`, 'u').exec(text.trim())?.groups
  if (!found) return undefined
  const whole = theirs.replace(variable, (v) => found[v.slice(1, -1)]?.trim() || v)
  return openIn(whole).length > 0 ? undefined : whole
}

/** What becomes of the reviewed text of a draft when its text changes. */
export function typedOver(draft: Draft, text: string): Partial<Draft> {
  // A text that is looked for, or nothing at all: what belonged to the one before is gone with it.
  if (text.trim() === '' || cannedQuery(text) !== undefined) return { text, reviewed: undefined, template: undefined }
  const { template, reviewed } = draft
  if (!template || (reviewed && !reviewed.canned)) return { text }
  const whole = completed(template, text)
  if (whole === undefined) return { text, reviewed: undefined }
  return { text, reviewed: { of: text.trim(), language: template.language, text: whole, canned: true } }
}

/** Asks for the replies of a site; undefined if nobody can say which there are: the slash is a character like any other then. */
export async function fetchCanned(site: string): Promise<Canned[] | undefined> {
  try {
    const answer = await fetch(`/agent/v1/sites/${encodeURIComponent(site)}/canned`, { credentials: 'same-origin' })
    if (!answer.ok) return undefined
    const list = (await answer.json()) as { canned?: Canned[] }
    return list.canned ?? []
  } catch {
    return undefined
  }
}
