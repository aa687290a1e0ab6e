// What languages are called in themselves. Only lists of languages need that.
import { languageName } from './i18n'

// Chromium leaves out what these languages are called in themselves and answers in English.
const ownNames: Record<string, string> = {
  be: 'Беларуская',
  cy: 'Cymraeg',
  eu: 'Euskara',
  ga: 'Gaeilge',
  gl: 'Galego',
  hy: 'Հայերեն',
  is: 'Íslenska',
  ka: 'ქართული',
  km: 'ខ្មែរ',
  ky: 'Кыргызча',
  lo: 'ລາວ',
  mk: 'Македонски',
  mn: 'Монгол',
  mt: 'Malti',
  my: 'မြန်မာ',
  ne: 'नेपाली',
  ps: 'پښتو',
  si: 'සිංහල',
  so: 'Soomaali',
  sq: 'Shqip',
  zu: 'isiZulu',
}

/** The name of a language in itself, as it stands in a list: Deutsch, Español. */
export function ownName(tag: string): string {
  const known = ownNames[tag]
  if (known) return known
  const name = languageName(tag, tag)
  if (name === tag) return tag
  return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1)
}
