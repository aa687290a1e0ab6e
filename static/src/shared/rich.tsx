import type { ComponentChildren } from 'preact'
import { stretches } from './isolate'
import { parts } from './links'

/** The text of a line: text nodes, links that leave in a new tab and tell nobody where from, and bold. Line breaks are CSS's (white-space: pre-wrap). */
export function Rich({ text }: { text: string }): ComponentChildren {
  return parts(text).map((p, i) => {
    if (typeof p === 'string') return numbered(p)
    if (p.type === 'bold') return <strong key={i}>{numbered(p.text)}</strong>
    return (
      <a key={i} href={p.href} target="_blank" rel="noopener noreferrer nofollow ugc">
        <bdi>{p.text}</bdi>
      </a>
    )
  })
}

/** A text whose numbers of several groups stand from left to right, whichever way the line runs; `draw` draws each stretch of it. */
export function numbered(text: string, draw: (text: string) => ComponentChildren = (s) => s): ComponentChildren {
  return stretches(text).map((s, i) =>
    typeof s === 'string' ? (
      draw(s)
    ) : (
      <bdi key={i} dir="ltr">
        {draw(s.number)}
      </bdi>
    ),
  )
}
