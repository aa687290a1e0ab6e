// The console's words. English for now; the catalogue is the only place that has to know.

import en from '../../lang/console/en.json'
import { type Catalogue, type Translate, translator, type Values } from '../../shared/i18n'

export type Key = keyof typeof en

/** The language of the interface. Dates follow the reader's own settings as well, where those are of the same language. */
export const locale = 'en'

const translate: Translate = translator(locale, en as Catalogue)

export function t(key: Key, values?: Values): string {
  return translate(key, values)
}
