import type { Catalogue } from '../shared/i18n'
import type { SessionSite, SiteTexts } from '../shared/wire.gen'

/** What the server writes into the page, as JSON in the block #dragoman. */
export interface Settings {
  site: SessionSite
  /** Tag of the catalogue in `texts`, and of all that there are; the others lie at lang/widget/TAG.json beside widget.js. */
  language: string
  languages: string[]
  texts: Catalogue
  /** Nothing is left out of `texts`; else only what the first screen can say stands there. */
  whole: boolean
  /** Origins of the pages that may embed this one. */
  origins: string[]
  /** True on /chat/KEY: the page stands on its own. */
  hosted: boolean
}

export function readSettings(): Settings {
  const block = document.getElementById('dragoman')
  return JSON.parse(block?.textContent ?? '{}') as Settings
}

export async function fetchCatalogue(tag: string): Promise<Catalogue> {
  const response = await fetch(new URL(`lang/widget/${tag}.json`, import.meta.url))
  if (!response.ok) throw new Error(`cannot load the texts of ${tag}: ${response.status}`)
  return (await response.json()) as Catalogue
}

/** The shop's own texts for who reads a language. */
export async function fetchTexts(site: string, language: string): Promise<SiteTexts> {
  const response = await fetch(`/widget/v1/texts?${new URLSearchParams({ site, lang: language })}`)
  if (!response.ok) throw new Error(`cannot load the texts of ${site}: ${response.status}`)
  return (await response.json()) as SiteTexts
}
