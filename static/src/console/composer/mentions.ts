// Colleagues whom a note calls: what is offered behind an @, who is called, and where their names stand. Pure, so that the rules can be read and tested in one place.
import type { Colleague } from '../../shared/wire.gen'

/** How many colleagues are offered at once. */
const offered = 8
/** The most that a note may call: chat.MaxMentions. */
const mostMentions = 20

type Named = Pick<Colleague, 'id' | 'name'>

/** What stands between an @ and the caret, and where the @ is. */
export interface MentionQuery {
  from: number
  query: string
}

/** An @ that begins a word, and what was typed behind it on the same line; a mail address has one inside of a word. */
export function mentionQuery(text: string, caret: number): MentionQuery | undefined {
  const found = /(?:^|[\s("'“«])@([^\n@]{0,40})$/u.exec(text.slice(0, caret))
  if (!found || found[1] === undefined || /^\s|\s{2}/.test(found[1])) return undefined
  return { from: caret - found[1].length - 1, query: found[1] }
}

/** Colleagues of whose name some word begins with what was typed: who is there first, then by name. Oneself is not offered. */
export function mentionHits(all: readonly Colleague[], query: string, me: string): Colleague[] {
  const wanted = fold(query)
  const fits = (name: string) => {
    const folded = fold(name)
    return folded.startsWith(wanted) || folded.split(/[\s-]+/).some((word) => word.startsWith(wanted))
  }
  return all
    .filter((a) => a.id !== me && fits(a.name))
    .sort((a, b) => Number(here(b)) - Number(here(a)) || a.name.localeCompare(b.name))
    .slice(0, offered)
}

function here(a: Colleague): boolean {
  return a.online && a.status === 'available'
}

/** Without case and accents: "lucia" finds Lucía. */
function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

export interface MentionPlace {
  from: number
  to: number
  id: string
}

/** Where names of these people stand behind an @. Of two names that begin alike the longer one counts ("@Ann Lee" is not Ann), and "@Anna" is nobody called Ann. */
export function mentionPlaces(text: string, people: readonly Named[]): MentionPlace[] {
  const longest = people.filter((p) => p.name !== '').sort((a, b) => b.name.length - a.name.length)
  const places: MentionPlace[] = []
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    if (/[\p{L}\p{N}]/u.test(text[at - 1] ?? '')) continue
    const rest = text.slice(at + 1)
    const who = longest.find((p) => rest.startsWith(p.name) && !/^[\p{L}\p{N}]/u.test(rest.slice(p.name.length)))
    if (!who) continue
    places.push({ from: at, to: at + 1 + who.name.length, id: who.id })
    at += who.name.length
  }
  return places
}

/** Whom a note calls, each once. */
export function called<P extends Named>(text: string, people: readonly P[]): P[] {
  const ids = new Set(mentionPlaces(text, people).map((p) => p.id))
  return people.filter((p) => ids.has(p.id)).slice(0, mostMentions)
}
