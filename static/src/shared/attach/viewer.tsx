// A picture as large as the window, and the way to the others of the conversation.
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from '../icons'
import type { Attachment } from '../wire.gen'
import { Mark } from './marks'
import { placeOf, shownName } from './rules'
import { type Shown, useFresh } from './shown'
import type { Words } from './tray_view'

export interface Seen {
  file: Shown
  renew(): Promise<readonly Attachment[]>
}

export interface ViewerProps extends Words {
  /** Every picture of the conversation, in its order. */
  pictures: readonly Seen[]
  /** The one that was clicked. */
  first: string
  close(): void
}

export function Viewer({ pictures, first, close, ...words }: ViewerProps): JSX.Element | null {
  const dialog = useRef<HTMLDialogElement>(null)
  const shown = useSignal(first)
  useEffect(() => {
    const before = document.activeElement
    dialog.current?.showModal()
    // The dialog is out of the page by then, so the browser does not give the focus back to the picture in the log by itself.
    return () => before instanceof HTMLElement && before.focus()
  }, [])
  const found = pictures.findIndex((p) => p.file.id === shown.value)
  const at = Math.max(0, found)
  const picture = pictures[at]
  // It was erased while somebody looked at it.
  useEffect(() => {
    if (!picture) close()
  }, [picture])
  if (!picture) return null
  const go = (by: number) => {
    shown.value = pictures[at + by]?.file.id ?? shown.value
  }
  const { t } = words
  return (
    <dialog
      ref={dialog}
      class="att-viewer"
      aria-label={picture.file.alt || shownName(picture.file.name)}
      onCancel={(e) => {
        e.preventDefault()
        close()
      }}
      onKeyDown={(e) => {
        const rtl = getComputedStyle(e.currentTarget).direction === 'rtl'
        if (e.key === 'ArrowRight') go(rtl ? -1 : 1)
        else if (e.key === 'ArrowLeft') go(rtl ? 1 : -1)
        else return
        e.preventDefault()
      }}
    >
      <header>
        <p class="att-name">
          <bdi>{shownName(picture.file.name)}</bdi>
        </p>
        {/* From left to right in every language, as a fraction is: a line from the right would set 2 / 1. */}
        <bdi class="att-count" dir="ltr">
          {pictures.length > 1 && placeOf(at + 1, pictures.length, words.language)}
        </bdi>
        <a
          class="att-x"
          href={picture.file.url}
          target="_blank"
          rel="noopener noreferrer"
          aria-label={t('file.original')}
          title={t('file.original')}
        >
          <Mark name="outside" />
        </a>
        <button type="button" class="att-x" aria-label={t('close')} onClick={close}>
          <Icon name="close" size={22} />
        </button>
      </header>
      <Large key={picture.file.id} seen={picture} />
      {picture.file.alt && (
        <p class="att-caption" dir="auto">
          {picture.file.alt}
        </p>
      )}
      {pictures.length > 1 && (
        <nav aria-label={t('file.picture')}>
          <Step name="back" label={t('file.previous')} off={at === 0} go={() => go(-1)} />
          <Step name="forward" label={t('file.next')} off={at === pictures.length - 1} go={() => go(1)} />
        </nav>
      )}
    </dialog>
  )
}

interface StepProps {
  name: 'back' | 'forward'
  label: string
  /** There is nothing further. It stays where it is, so that the focus does. */
  off: boolean
  go(): void
}

function Step({ name, label, off, go }: StepProps): JSX.Element {
  return (
    <button type="button" class="att-x" aria-label={label} aria-disabled={off} onClick={() => !off && go()}>
      <Icon name={name} size={24} />
    </button>
  )
}

function Large({ seen }: { seen: Seen }): JSX.Element {
  const { file, renew } = seen
  const address = useFresh(file, renew)
  return (
    <div class="att-large">
      {address.lost.value ? (
        <Icon name="alert" size={28} />
      ) : (
        <img src={address.file.url} alt={file.alt || shownName(file.name)} onError={address.failed} />
      )}
    </div>
  )
}
