import type { ComponentChildren } from 'preact'
import { parts } from './links'

/** The text of a line: text nodes, links that leave in a new tab and tell nobody where from, and bold. Line breaks are CSS's (white-space: pre-wrap). */
export function Rich({ text }: { text: string }): ComponentChildren {
  return parts(text).map((p, i) => {
    if (typeof p === 'string') return p
    if (p.type === 'bold') return <strong key={i}>{p.text}</strong>
    return (
      <a key={i} href={p.href} target="_blank" rel="noopener noreferrer nofollow ugc">
        <bdi>{p.text}</bdi>
      </a>
    )
  })
}
