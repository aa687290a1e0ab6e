// Which languages a visitor may choose, and how they are called.
import { languageName, plainTag } from '../shared/i18n'
import { ownName } from '../shared/own_names'

/** Languages that shoppers write in, by tag. Anything else the browser asks for is offered as well. */
const tags =
  'af am ar az be bg bn bs ca cs cy da de el en es et eu fa fi fil fr ga gl gu he hi hr hu hy id is it ja ka kk km kn ko ky lo lt lv mk ml mn mr ms mt my nb ne nl pa pl ps pt-BR pt-PT ro ru si sk sl so sq sr sv sw ta te th tr uk ur uz vi zh-Hans zh-Hant zu'.split(
    ' ',
  )

export interface Choice {
  tag: string
  /** In itself, and in the interface's language. */
  own: string
  name: string
}

export function choices(into: string, wishes: readonly string[]): Choice[] {
  const all = [...new Set([...wishes.map(plainTag), ...tags])]
  return (
    all
      .map((tag) => ({ tag, own: ownName(tag), name: languageName(tag, into) }))
      // A browser that has no name for one of ours shows its tag; what else it wishes for and cannot name is left out.
      .filter((c) => c.own !== c.tag || tags.includes(c.tag))
      .sort((a, b) => a.own.localeCompare(b.own, into))
  )
}

/** Choices whose own name, name here or tag begins with what was typed, or has a word that does; accents do not matter. */
export function search(list: readonly Choice[], typed: string): readonly Choice[] {
  const wanted = fold(typed.trim())
  if (!wanted) return list
  const fits = (s: string) =>
    fold(s).startsWith(wanted) || fold(s).includes(` ${wanted}`) || fold(s).includes(`(${wanted}`)
  return list.filter((c) => fits(c.own) || fits(c.name) || c.tag.toLowerCase() === wanted)
}

function fold(s: string): string {
  return s
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
}
