// Languages as the console needs them, over the shared ones: signs in lists, and who needs no translation.
import { languageName as nameIn, plainTag, sameLanguage } from '../../shared/i18n'
import { ownName } from '../../shared/own_names'
import { locale } from './words'

export { ownName, plainTag, sameLanguage }

/** The language's name in the language of the interface, without its country: "Spanish". Empty for a language that nobody knows yet. */
export function languageName(tag: string): string {
  return unknown(tag) ? '' : nameIn(plainTag(tag), locale())
}

/** In the order of what is shown, as the language of the interface has it. */
export function byName<T>(all: Iterable<T>, shown: (one: T) => string): T[] {
  const { compare } = new Intl.Collator(locale(), { numeric: true })
  return [...all].sort((a, b) => compare(shown(a), shown(b)))
}

/** The short sign of a language in a list: ES, PT, ZH. */
export function languageSign(tag: string): string {
  return unknown(tag) ? '–' : (tag.split('-')[0] ?? '').toUpperCase()
}

function unknown(tag: string): boolean {
  return tag === '' || tag === 'und'
}

/** Whether somebody who reads these languages needs no translation of a text in `tag`. */
export function reads(languages: readonly string[], tag: string): boolean {
  return languages.some((l) => sameLanguage(l, tag))
}

/** The languages offered in pickers: those of the widget. */
export const offered: readonly string[] = (
  'ar bg bn ca cs da de el en es et fa fi fil fr he hi hr hu id it ja ko lt lv ms nb nl pl pt-BR pt-PT ro ru sk sl sr sv sw ta th tr uk ur vi ' +
  'zh-Hans zh-Hant'
).split(' ')
