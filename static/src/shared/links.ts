// The text of a line as parts: plain text, links (http, https, mailto) and *bold*. Never HTML: whoever draws the parts makes text
// nodes of them, so nothing that a person or an engine writes can become markup.

export type Part = string | { type: 'link'; href: string; text: string } | { type: 'bold'; text: string }

// What may follow a link without belonging to it: "see https://example.com/a." ends before the full stop.
const trailing = /[.,;:!?'"»›”’…。、，！？；：）)\]}>*]$/u
const candidate =
  /\b(?:https?:\/\/|mailto:)[^\s<>"“”«»`\u0000-\u001f\u202a-\u202e\u2066-\u2069]+|[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/giu
// Asterisks that hug a phrase on one line and do not touch a word or another asterisk outside: 2*3*4 stays as it is.
const bold = /(?<![\p{L}\p{N}*])\*(?=[^\s*])([^*\n]{1,200}?)(?<=\S)\*(?![\p{L}\p{N}*])/gu

export function parts(text: string): Part[] {
  const out: Part[] = []
  let at = 0
  for (const match of text.matchAll(candidate)) {
    const raw = trim(match[0])
    const href = safeHref(raw)
    if (!href) continue
    emphasise(text.slice(at, match.index), out)
    out.push({ type: 'link', href, text: raw })
    at = match.index + raw.length
  }
  emphasise(text.slice(at), out)
  return out
}

function emphasise(text: string, out: Part[]): void {
  let at = 0
  for (const match of text.matchAll(bold)) {
    if (match.index > at) out.push(text.slice(at, match.index))
    out.push({ type: 'bold', text: match[1]! })
    at = match.index + match[0].length
  }
  if (at < text.length) out.push(text.slice(at))
}

function trim(raw: string): string {
  let s = raw
  while (trailing.test(s)) {
    // A closing bracket belongs to the address if it was opened in it: …/wiki/Tea_(drink)
    if (s.endsWith(')') && count(s, '(') >= count(s, ')')) break
    s = s.slice(0, -1)
  }
  return s
}

function count(s: string, c: string): number {
  return s.split(c).length - 1
}

/** The address if its scheme is one of the three and it has a host, else undefined. The browser's own parser decides, not a pattern. */
export function safeHref(raw: string): string | undefined {
  const withScheme = /^(https?:|mailto:)/i.test(raw)
    ? raw
    : raw.includes('@') && !raw.includes(':')
      ? `mailto:${raw}`
      : ''
  if (!withScheme) return undefined
  try {
    const url = new URL(withScheme)
    if (url.protocol === 'mailto:')
      return /^[^\s?&]+@[^\s?&]+$/.test(decodeURIComponent(url.pathname)) ? `mailto:${url.pathname}` : undefined
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined
    // user:password@host only serves to make one host look like another.
    if (!url.hostname || url.username || url.password) return undefined
    return url.href
  } catch {
    return undefined
  }
}
