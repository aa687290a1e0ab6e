// Whom one can choose among the agents: for a filter.
import type { Colleague } from '../../shared/wire.gen'
import type { Desk } from '../app/desk'
import { byName } from '../app/languages'

/** Everybody else who answers on one of the sites, by name. */
export function people({ sites, roster, myId }: Pick<Desk, 'sites' | 'roster' | 'myId'>): Colleague[] {
  const known = new Map(sites.value.flatMap(({ key }) => roster.of(key).map((a) => [a.id, a])))
  known.delete(myId.value)
  return byName([...known.values()], ({ name }) => name)
}
