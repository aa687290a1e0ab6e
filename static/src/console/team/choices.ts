// Whom a conversation can be given to, in the order in which it is best given. Pure.
import type { Colleague } from '../../shared/wire.gen'
import { languageName, ownName, sameLanguage } from '../app/languages'

/** How near somebody is: at his desk, away, not there. */
function distance(a: Colleague): number {
  return a.online && a.status === 'available' ? 0 : a.online ? 1 : 2
}

/** Whether somebody reads a language without a translation. */
export function readsIt(a: Colleague, language: string): boolean {
  return a.languages.some((l) => sameLanguage(l, language))
}

/** Who reads the customer's language first; then who is there; then who has least to do; then by name. */
export function byFitness(language: string): (a: Colleague, b: Colleague) => number {
  return (a, b) =>
    Number(readsIt(b, language)) - Number(readsIt(a, language)) ||
    distance(a) - distance(b) ||
    a.open - b.open ||
    a.name.localeCompare(b.name)
}

/** Whose name, or a language of whose, holds what was typed. */
export function fits(a: Colleague, typed: string): boolean {
  const looked = typed.trim().toLocaleLowerCase()
  return [a.name, ...a.languages.flatMap((l) => [l, languageName(l), ownName(l)])].some((n) =>
    n.toLocaleLowerCase().includes(looked),
  )
}

export function choices(all: readonly Colleague[], language: string, typed: string): Colleague[] {
  return all.filter((a) => fits(a, typed)).sort(byFitness(language))
}
