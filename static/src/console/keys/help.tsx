// The list of keys, and the switch for single ones.
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useDesk } from '../app/desk'
import { t } from '../app/words'
import { Icon } from '../ui/icons'
import { bindings, isSingle } from './keys'
import { caps } from './run'

export default function KeysHelp(): JSX.Element {
  const desk = useDesk()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
  }, [])
  const { singleKeys } = desk.settings
  const single = singleKeys.value === 'on'
  return (
    <dialog
      ref={dialog}
      class="sheet keys-sheet"
      aria-labelledby="keys-title"
      onClose={() => desk.closed('keys')}
      closedby="any"
    >
      <header>
        <h2 id="keys-title">{t('keys.title')}</h2>
        <button type="button" class="icon-button" aria-label={t('close')} onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </header>
      <div class="key-groups">
        {(['move', 'answer', 'look'] as const).map((group) => (
          <section key={group}>
            <h3>{t(`keys.${group}`)}</h3>
            <dl>
              {bindings
                .filter((b) => b.group === group && !b.quiet && (single || !isSingle(b.chord)))
                .map((b) => (
                  <div key={b.chord}>
                    <dt>{t(`key.${b.action}` as 'key.reply')}</dt>
                    <dd>{b.action === 'pin1' ? <Caps chord="alt+1…6" /> : <Caps chord={b.chord} />}</dd>
                  </div>
                ))}
              {group === 'answer' &&
                (['enter', 'shift+enter', 'mod+enter', '/'] as const).map((chord) => (
                  <div key={chord}>
                    <dt>{t(chord === '/' ? 'key.slash' : `key.${chord.replace('+', '') as 'enter'}`)}</dt>
                    <dd>
                      <Caps chord={chord} />
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
      <label class="switch-row">
        <input
          type="checkbox"
          role="switch"
          checked={singleKeys.value === 'on'}
          aria-checked={singleKeys.value === 'on'}
          onChange={(e) => (singleKeys.value = e.currentTarget.checked ? 'on' : 'off')}
        />
        <span>
          {t('keys.single')}
          <small>{t('keys.single.hint')}</small>
        </span>
      </label>
    </dialog>
  )
}

function Caps({ chord }: { chord: string }): JSX.Element {
  return (
    <span class="caps">
      {caps(chord).map((cap, i) => (
        <kbd key={`${i}${cap}`}>{cap}</kbd>
      ))}
    </span>
  )
}
