import type { JSX } from 'preact'
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks'
import { Icon } from '../shared/icons'
import type { Flag } from '../shared/wire.gen'
import { useApp } from './app'

/** MaxFlagComment of the server, in code points; a browser counts some of them twice, which makes it stricter. */
const longest = 500

/** "This seems wrong": one tap tells the agents. Afterwards it says so, and there is nothing to take back. */
export function Wrong({ of, flagged, id }: { of: Flag; flagged: boolean; id: string }): JSX.Element {
  const app = useApp()
  const t = app.t.value
  const now = app.flagging.value?.id === id ? app.flagging.value : undefined
  if (flagged || (now && now.state !== 'failed'))
    return (
      <span class="fact">
        <Icon name="thumbDown" size={14} />
        {t('flag.told')}
      </span>
    )
  return (
    <>
      <button
        type="button"
        class="thumb"
        aria-label={t('flag')}
        title={t('flag')}
        onClick={() => void app.flag(id, of)}
      >
        <Icon name="thumbDown" size={16} />
      </button>
      {now && <span class="unsent">{t('flag.failed')}</span>}
    </>
  )
}

/** Thanks, and room for a word about what is wrong, for the translation that was flagged last; a text that replaces it is not asked about. */
export function WhatIsWrong({ of, id }: { of: Flag; id: string }): JSX.Element | null {
  const app = useApp()
  const t = app.t.value
  const box = useRef<HTMLInputElement>(null)
  const field = useId()
  const state = app.flagging.value?.id === id ? app.flagging.value.state : 'failed'
  const asked = state !== 'failed'
  useEffect(() => {
    // The button that was pressed is gone. A phone's keyboard is not brought up unasked.
    if (asked && !app.touch) box.current?.focus()
  }, [asked])
  // A correction takes the question away, and whoever is answering it would write into nothing.
  useLayoutEffect(() => () => void (box.current === document.activeElement && app.focus()), [])
  if (!asked) return null
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
