// The console's words. English is in the script, so that there are words whatever happens; the other languages are files beside it, fetched for
// who reads them.

import { signal } from '@preact/signals'
import en from '../../lang/console/en.json'
import { type Catalogue, nearest, type Translate, translator, type Values } from '../../shared/i18n'

export type Key = keyof typeof en

/** The languages of the interface. */
export const interfaces = ['en', 'es', 'pt-BR', 'fr', 'de', 'ar'] as const

export type Interface = (typeof interfaces)[number]

const english = en as Catalogue

const spoken = signal<{ language: Interface; translate: Translate }>({
  language: 'en',
  translate: translator('en', english),
})

/** The last language that was asked for: of two that are fetched at once the later wish holds. */
let wish: Interface = 'en'

/** The language of the interface now. What draws with it is drawn again when it changes. */
export function locale(): Interface {
  return spoken.value.language
}

export function t(key: Key, values?: Values): string {
  return spoken.value.translate(key, values)
}

/** The language of the interface for somebody who reads `first`: his own choice, else that, else what his browser asks for, whichever there are texts for. */
export function wanted(choice: Interface | 'auto', first: string, browser: readonly string[]): Interface {
  if (choice !== 'auto') return choice
  for (const tag of [first, ...browser]) {
    const found = nearest(tag, interfaces, '')
    if (found) return found as Interface
  }
  return 'en'
}

/** Speaks a language as soon as its texts are there. If they do not come, the words stay what they were. */
export async function speak(language: Interface, fetchTexts = fetchCatalogue): Promise<void> {
  wish = language
  if (language === spoken.peek().language) return
  let texts = english
  if (language !== 'en') {
    try {
      texts = await fetchTexts(language)
    } catch {
      return
    }
  }
  if (wish === language) spoken.value = { language, translate: translator(language, { ...english, ...texts }) }
}

async function fetchCatalogue(language: string): Promise<Catalogue> {
  const response = await fetch(new URL(`lang/console/${language}.json`, import.meta.url))
  if (!response.ok) throw new Error(`no texts in ${language}: ${response.status}`)
  return (await response.json()) as Catalogue
}
