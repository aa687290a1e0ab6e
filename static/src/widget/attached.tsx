import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { boxOf, isPicture } from '../shared/attach/box'
import type { Line } from '../shared/outbox'
import { useApp } from './app'
import { filesPart, parts } from './parts'
import type { Bubble } from './thread'

export interface AttachedProps {
  line?: Line | undefined
  of?: Pick<Extract<Bubble, { type: 'message' }>, 'message' | 'conversation'> | undefined
}

/** The files of a line. What shows them is fetched when the first of them is there; until then they have their places. */
export function Attached({ line, of }: AttachedProps): JSX.Element | null {
  const { attach } = useApp()
  const files = of?.message.attachments ?? line?.files ?? []
  const here = attach.files.value
  const wanted = files.length > 0 && !here
  useEffect(() => (wanted ? parts.want(filesPart) : undefined), [wanted])
  if (files.length === 0) return null
  if (here) return <here.views.Log line={line} of={of} />
  return (
    <div class="att-files">
      {files.map((f) => {
        const { width, height } = boxOf(f.width, f.height)
        return isPicture(f.type) ? (
          <div class="att-pic" style={{ width: `${width}px`, aspectRatio: `${width} / ${height}` }} />
        ) : (
          <div class="att-file" />
        )
      })}
    </div>
  )
}
