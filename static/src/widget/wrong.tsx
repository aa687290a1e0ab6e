import type { JSX } from 'preact'
import { thumbDown } from '../shared/drawings/log'
import { Drawing } from '../shared/icons'
import type { Flag } from '../shared/wire.gen'
import { useApp } from './app'

/** "This seems wrong": one tap tells the agents. Afterwards it says so, and there is nothing to take back. */
export function Wrong({ of, flagged, id }: { of: Flag; flagged: boolean; id: string }): JSX.Element {
  const app = useApp()
  const t = app.t.value
  const now = app.flagging.value?.id === id ? app.flagging.value : undefined
  if (flagged || (now && now.state !== 'failed'))
    return (
      <span class="fact">
        <Drawing path={thumbDown} size={14} />
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
        <Drawing path={thumbDown} size={16} />
      </button>
      {now && <span class="unsent">{t('flag.failed')}</span>}
    </>
  )
}
