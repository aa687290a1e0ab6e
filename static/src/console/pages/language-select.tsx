// A language as one choice of a form.
import type { JSX } from 'preact'
import { byName, languageName, offered } from '../app/languages'
import { t } from '../app/words'

/** How the wire writes any language. */
export const any = 'und'

export interface LanguageSelectProps {
  id: string
  value: string
  /** Other tags that must be there: what is stored may be one that is not offered. */
  with?: readonly string[]
  /** What stands for no language in particular. */
  none?: string
  onChoose: (tag: string) => void
}

export function LanguageSelect({ id, value, with: more = [], none, onChoose }: LanguageSelectProps): JSX.Element {
  const tags = [...new Set([...offered, ...more, value])].filter((tag) => tag && tag !== any)
  const named = byName(
    tags.map((tag) => ({ tag, name: languageName(tag) })),
    ({ name }) => name,
  )
  // Tags of one name differ in their country, which the name leaves out.
  const twice = (name: string) => named.filter((n) => n.name === name).length > 1
  return (
    <select id={id} class="select" value={value} onChange={(e) => onChoose(e.currentTarget.value)}>
      {none !== undefined && <option value={any}>{none}</option>}
      {named.map(({ tag, name }) => (
        <option key={tag} value={tag}>
          {twice(name) ? `${name} (${tag})` : name}
        </option>
      ))}
    </select>
  )
}

/** The name of a language of a term; any is said as such. */
export function languageOrAny(tag: string): string {
  return tag === any || tag === '' ? t('place.any') : languageName(tag)
}
