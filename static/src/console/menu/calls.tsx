// How this agent is called: by which sounds, how loud, and by the system's notifications.
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { kinds } from '../alert/news'
import { canNotify, mayNotify, turnNotify } from '../alert/notify'
import { chime } from '../alert/sound'
import { useDesk } from '../app/desk'
import { t } from '../app/words'
import { Switch } from './switch'

export function Sounds(): JSX.Element {
  const { sound, sounds, volume } = useDesk().settings
  const loud = () => Number(volume.peek())
  return (
    <>
      <Switch
        on={sound.value === 'on'}
        text={t('own.sound')}
        hint={t('own.sound.hint')}
        set={(on) => {
          sound.value = on ? 'on' : 'off'
          if (on) chime('new', loud(), 'now')
        }}
      />
      {sound.value === 'on' && (
        <fieldset class="sounds" aria-label={t('own.sound')}>
          {kinds.map((kind) => (
            <label key={kind}>
              <input
                type="checkbox"
                checked={sounds[kind].value === 'on'}
                onChange={(e) => {
                  sounds[kind].value = e.currentTarget.checked ? 'on' : 'off'
                  if (e.currentTarget.checked) chime(kind, loud(), 'now')
                }}
              />
              {t(`own.sound.${kind}`)}
            </label>
          ))}
          <label>
            <span>{t('own.volume')}</span>
            <input
              type="range"
              min={10}
              max={100}
              step={10}
              value={volume.value}
              aria-valuetext={t('own.volume.percent', { n: loud() })}
              onChange={(e) => {
                volume.value = e.currentTarget.value
                chime('new', loud(), 'now')
              }}
            />
          </label>
        </fieldset>
      )}
    </>
  )
}

/** The browser asks after a click here and nowhere else, under a sentence that says what for. */
export function Notifications(): JSX.Element | null {
  const { notify } = useDesk().settings
  const denied = useSignal(false)
  if (!canNotify()) return null
  const on = notify.value === 'on' && mayNotify()
  const turn = async () => {
    denied.value = (await turnNotify(notify)) === 'denied'
  }
  return (
    <div class="notifications">
      <span>
        {t('own.notify')}
        <small role="status">{t(denied.value ? 'own.notify.denied' : 'own.notify.hint')}</small>
      </span>
      <button type="button" onClick={() => void turn()}>
        {t(on ? 'own.notify.off' : 'own.notify.on')}
      </button>
    </div>
  )
}
