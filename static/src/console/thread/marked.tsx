// The text of a line as an agent reads it: links and bold as everywhere, and a quiet mark on what no translation may change.
import type { ComponentChildren, JSX } from 'preact'
import { entities } from '../../shared/entities'
import { parts } from '../../shared/links'

export function Marked({ text }: { text: string }): ComponentChildren {
  return parts(text).map((p, i) => {
    if (typeof p === 'string') return <Plain key={i} text={p} />
    if (p.type === 'bold')
      return (
        <strong key={i}>
          <Plain text={p.text} />
        </strong>
      )
    return (
      <a key={i} href={p.href} target="_blank" rel="noopener noreferrer nofollow ugc">
        <bdi class="entity">{p.text}</bdi>
      </a>
    )
  })
}

function Plain({ text }: { text: string }): JSX.Element {
  const found = entities(text)
  let at = 0
  const out: ComponentChildren[] = []
  for (const { from, to, kind } of found) {
    // In an isolate: "#4711" stays "#4711" in a line from right to left.
    out.push(
      text.slice(at, from),
      <bdi key={from} class="entity" data-kind={kind}>
        {text.slice(from, to)}
      </bdi>,
    )
    at = to
  }
  out.push(text.slice(at))
  return <>{out}</>
}
