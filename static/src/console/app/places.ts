// The pages beside the inbox: which there are, and where each stands in the address.

export const placeNames = ['canned', 'glossary', 'memory', 'profile'] as const

export type PlaceName = (typeof placeNames)[number]

export interface Place {
  name: PlaceName
  /** The site whose page it is; without one it is the agent's first. */
  site?: string
}

const base = '/agent/'

export function placeIn(path: string): Place | undefined {
  if (!path.startsWith(base)) return undefined
  const [word = '', site = '', ...more] = path.slice(base.length).split('/')
  const name = placeNames.find((n) => n === word)
  if (!name || more.length) return undefined
  return /^[\w-]{1,64}$/.test(site) ? { name, site } : { name }
}

export function pathOf({ name, site }: Place): string {
  return site ? `${base}${name}/${site}` : base + name
}
