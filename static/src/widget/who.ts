// Who a page says its visitor is, and where, made into what the server takes. It is needed for the session; the rest that a page may say is in facts.ts.
import type { About } from '../shared/wire.gen'

/** MaxPageURL of package chat, in characters. */
const longestAddress = 2000

/** MaxTag of package chat. */
const longestTag = 35

/** What is to be said in the log, once each. */
export type Warn = (sentence: string) => void

export const record = (v: unknown): v is Record<string, unknown> =>
  typeof v === 'object' && v !== null && !Array.isArray(v)

/** Who the page says it is: a signature, or a name and an address that nobody has signed. */
export function identityOf(said: unknown, warn: Warn): { jwt?: string; about: About } {
  const about: About = {}
  if (!record(said)) {
    warn("identify takes {jwt: '...'}, or {name: '...', email: '...'} without a signature.")
    return { about }
  }
  if (typeof said.jwt === 'string' && said.jwt) return { jwt: said.jwt, about }
  if ('jwt' in said) warn('identify: jwt is empty, or no text. Sign one on your server, or leave jwt out.')
  for (const field of ['name', 'email'] as const) {
    const value = said[field]
    if (value === null) about[field] = ''
    else if (typeof value === 'string') about[field] = value
    else if (value !== undefined) warn(`identify: ${field} is a text.`)
  }
  if (about.email && !/^[^\s@]+@[^\s@]+$/.test(about.email)) {
    warn('identify: email is no mail address.')
    delete about.email
  }
  return { about }
}

/** A page that the server takes, or nothing. */
export function pageOf(said: unknown, warn: Warn): { url: string; title: string } | undefined {
  if (
    record(said) &&
    typeof said.url === 'string' &&
    /^https?:\/\//i.test(said.url) &&
    said.url.length <= longestAddress
  )
    return { url: said.url, title: typeof said.title === 'string' ? said.title : '' }
  warn(`page takes {url: 'https://...', title: '...'}, with at most ${longestAddress} characters of address.`)
  return undefined
}

/** The tag of a language, with the underscore of many systems (de_DE) or without, or nothing: what is none would be kept, and stand in the heading. */
export function languageOf(said: string, warn: Warn): string | undefined {
  const tag = said.replaceAll('_', '-')
  try {
    if (tag.length <= longestTag && !/^und\b/i.test(tag) && new Intl.Locale(tag)) return tag
  } catch {
    // Not a tag.
  }
  warn("language takes a tag such as 'de' or 'pt-BR'.")
  return undefined
}
