import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useLayoutEffect } from 'preact/hooks'
import { waitingSince } from './after'
import { useApp } from './app'

/** After so long without an answer, in ms, it is said that the message is here and nobody has to stay. */
const patience = 60_000

/** Said once for each wait, at the end of the log, and gone with the answer. It promises nothing that is not known: not how long it takes. */
export function Waiting(): JSX.Element | null {
  const { talk, t } = useApp()
  const since = waitingSince(talk.current.value, talk.me.value?.id ?? '')
  const late = useSignal<string | undefined>(undefined)
  useLayoutEffect(() => {
    if (since === undefined) return
    const left = talk.here(since) + patience - Date.now()
    const timer = setTimeout(
      () => {
        late.value = since
      },
      Math.max(0, left),
    )
    return () => clearTimeout(timer)
  }, [since])
  if (since === undefined || late.value !== since) return null
  return <p class="note">{t.value('waiting')}</p>
}
