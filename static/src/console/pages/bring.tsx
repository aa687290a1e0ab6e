// Files in and out: what a file must be, what became of it, and line by line what was not taken.
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import type { Imported } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { t } from '../app/words'
import { Icon } from '../ui/icons'
import { Dialog, Fault } from './dialog'
import { refusedText } from './refused'
import type { Rest } from './rest'
import { why } from './rest'

export interface BringProps {
  rest: Rest
  url: string
  /** The type that is sent: what a browser says of a file depends on what is installed. */
  type: string
  /** What can be chosen, as in accept. */
  accept: string
  /** What the file must be. */
  hint: string
  /** The file may say its units in both directions. */
  both?: boolean
  onClose: () => void
  /** Something has come in. */
  onDone: () => void
}

export function Bring(props: BringProps): JSX.Element {
  const input = useRef<HTMLInputElement>(null)
  const both = useSignal(false)
  const busy = useSignal(false)
  const fault = useSignal('')
  const result = useSignal<Imported | undefined>(undefined)
  const online = useDesk().line.online.value

  const send = async (file: File | undefined) => {
    if (!file || busy.value) return
    busy.value = true
    fault.value = ''
    result.value = undefined
    try {
      const url = both.value ? `${props.url}?both=true` : props.url
      result.value = await props.rest.upload<Imported>(url, { blob: file, type: props.type })
      props.onDone()
    } catch (err) {
      fault.value = why(err)
    }
    busy.value = false
    // The same file can be chosen again once it has been mended.
    if (input.current) input.current.value = ''
  }
  return (
    <Dialog title={t('place.import')} onClose={props.onClose}>
      <p>{props.hint}</p>
      {props.both && (
        <label class="check">
          <input type="checkbox" checked={both.value} onChange={(e) => (both.value = e.currentTarget.checked)} />
          {t('import.both')}
        </label>
      )}
      <Fault text={fault.value} />
      <div role="status">
        {busy.value && <p>{t('import.busy')}</p>}
        {result.value && <Result of={result.value} />}
      </div>
      <div class="dialog-foot">
        <input
          ref={input}
          type="file"
          class="spoken"
          id="import-file"
          tabIndex={-1}
          aria-label={t('import.choose')}
          accept={props.accept}
          onChange={(e) => void send(e.currentTarget.files?.[0])}
        />
        <button type="button" class="primary" disabled={busy.value || !online} onClick={() => input.current?.click()}>
          <Icon name="bring" size={16} />
          {t(result.value || fault.value ? 'import.again' : 'import.choose')}
        </button>
      </div>
    </Dialog>
  )
}

function Result({ of: { added, replaced, refused, refusals } }: { of: Imported }): JSX.Element {
  const more = refused - refusals.length
  return (
    <>
      <p class="import-done">
        <Icon name={refused ? 'alert' : 'check'} size={16} />
        {t('import.done', { added, replaced, refused })}
      </p>
      {refused > 0 && (
        <>
          <h3>{t('import.refused')}</h3>
          <ul class="refusals">
            {refusals.map((r) => (
              <li key={r.line}>
                <strong>
                  {t('import.line', { n: r.line })}
                  {r.column && (
                    <>
                      {' · '}
                      <bdi lang="en">{r.column}</bdi>
                    </>
                  )}
                </strong>{' '}
                {refusedText(r) ?? <bdi lang="en">{r.why}</bdi>}
              </li>
            ))}
          </ul>
          {more > 0 && <p>{t('import.more', { n: more })}</p>}
        </>
      )}
    </>
  )
}

/** The whole of it as a file. A link, so that the browser takes care of it. */
export function Export({ url }: { url: string }): JSX.Element {
  return (
    <a class="button" href={url} title={t('place.export')} download>
      <Icon name="fetch" size={16} />
      <span class="tool-text">{t('place.export')}</span>
    </a>
  )
}

/** Opens the dialog that brings a file in. */
export function Import({ onOpen }: { onOpen: () => void }): JSX.Element {
  const online = useDesk().line.online.value
  return (
    <button type="button" class="bring" title={t('place.import')} disabled={!online} onClick={onOpen}>
      <Icon name="bring" size={16} />
      <span class="tool-text">{t('place.import')}</span>
    </button>
  )
}
