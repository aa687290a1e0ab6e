// The text of a line as an agent reads it: links and bold as everywhere, and a quiet mark on what no translation may change.
import type { ComponentChildren, JSX } from 'preact'
import { entities } from '../../shared/entities'
import { parts } from '../../shared/links'
import { numbered } from '../../shared/rich'
import type { Mention } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { mentionPlaces } from '../composer/mentions'

interface MarkedProps {
  text: string
  mentions?: readonly Mention[] | undefined
}

/** mentions are the colleagues whom a note calls: their names are marked where they stand behind an @. */
export function Marked({ text, mentions }: MarkedProps): ComponentChildren {
  const plain = (stretch: string) => <Plain text={stretch} mentions={mentions} />
  return parts(text).map((p, i) => {
    if (typeof p === 'string') return numbered(p, plain)
    if (p.type === 'bold') return <strong key={i}>{numbered(p.text, plain)}</strong>
    return (
      <a key={i} href={p.href} target="_blank" rel="noopener noreferrer nofollow ugc">
        <bdi class="entity">{p.text}</bdi>
      </a>
    )
  })
}

function Plain({ text, mentions = [] }: MarkedProps): JSX.Element {
  const desk = useDesk()
  const calls = mentionPlaces(text, mentions)
  const quiet = entities(text).filter((e) => !calls.some((c) => e.from < c.to && c.from < e.to))
  let at = 0
  const out: ComponentChildren[] = []
  for (const place of [...quiet, ...calls].sort((a, b) => a.from - b.from)) {
    const { from, to } = place
    if ('id' in place) {
      out.push(
        text.slice(at, from),
        <bdi key={from} class={`mention${place.id === desk.myId.value ? ' me' : ''}`}>
          {text.slice(from, to)}
        </bdi>,
      )
      at = to
      continue
    }
    const { kind } = place
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
