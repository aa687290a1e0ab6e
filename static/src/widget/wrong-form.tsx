import type { JSX } from 'preact'
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks'
import { wear } from '../shared/parts'
import type { Flag } from '../shared/wire.gen'
import { useApp } from './app'
import looks from './wrong-form.css'

wear(looks)

/** MaxFlagComment of the server, in code points; a browser counts some of them twice, which makes it stricter. */
const longest = 500

/** Thanks, and room for a word about what is wrong, for the translation that was flagged last; a text that replaces it is not asked about. */
export default function WhatIsWrong({ of, id }: { of: Flag; id: string }): JSX.Element {
  const app = useApp()
  const t = app.t.value
  const box = useRef<HTMLInputElement>(null)
  const field = useId()
  const state = app.flagging.value?.id === id ? app.flagging.value.state : undefined
  useEffect(() => {
    // The button that was pressed is gone. A phone's keyboard is not brought up unasked.
    if (!app.touch) box.current?.focus()
  }, [])
  // A correction takes the question away, and whoever is answering it would write into nothing.
  useLayoutEffect(() => () => void (box.current === document.activeElement && app.focus()), [])
  return (
    <form
      class="wrong"
      onSubmit={(e) => {
        e.preventDefault()
        void app.comment(id, of, box.current?.value.trim() ?? '')
      }}
    >
      <p>{t('flag.thanks')}</p>
      <label for={field}>{t('flag.comment')}</label>
      <div class="row">
        <input id={field} ref={box} type="text" dir="auto" maxLength={longest} autoComplete="off" />
        <button type="submit" class="strong">
          {t('composer.send')}
        </button>
      </div>
      {state === 'unsaid' && <p class="unsent">{t('flag.failed')}</p>}
    </form>
  )
}
