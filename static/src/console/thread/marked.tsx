// The text of a line as an agent reads it: links and bold as everywhere, and a quiet mark on what no translation may change.
import type { ComponentChildren, JSX } from 'preact'
import { entities } from '../../shared/entities'
import { stretches } from '../../shared/isolate'
import { parts } from '../../shared/links'
import type { Mention } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { mentionPlaces } from '../composer/mentions'

interface MarkedProps {
  text: string
  mentions?: readonly Mention[] | undefined
}

/** mentions are the colleagues whom a note calls: their names are marked where they stand behind an @. */
export function Marked({ text, mentions }: MarkedProps): ComponentChildren {
  return parts(text).map((p, i) => {
    if (typeof p === 'string') return <Numbered key={i} text={p} mentions={mentions} />
    if (p.type === 'bold')
      return (
        <strong key={i}>
          <Numbered text={p.text} mentions={mentions} />
        </strong>
      )
    return (
      <a key={i} href={p.href} target="_blank" rel="noopener noreferrer nofollow ugc">
        <bdi class="entity">{p.text}</bdi>
      </a>
    )
  })
}

/** Numbers of several groups from left to right, whichever way the line runs. */
function Numbered({ text, mentions }: MarkedProps): JSX.Element {
  return (
    <>
      {stretches(text).map((s, i) =>
        typeof s === 'string' ? (
          <Plain key={i} text={s} mentions={mentions} />
        ) : (
          <bdi key={i} dir="ltr">
            <Plain text={s.number} />
          </bdi>
        ),
      )}
    </>
  )
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
