// A dialog of a page. Where there is room it opens over what it changes, so that the eye stays where it is.
import type { ComponentChildren, JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { wear } from '../../shared/parts'
import { t } from '../app/words'
import { Clash, type ClashProps } from '../ui/clash'
import { Icon } from '../ui/icons'
import looks from './dialog.css'

wear(looks)

/** Space kept from the edge of the window, in CSS pixels. */
const edge = 12

export interface DialogProps {
  title: ComponentChildren
  /** What it opens over; without one it stands in the middle. */
  over?: DOMRect | undefined
  onClose: () => void
  /** Mod+Enter. */
  onDone?: () => void
  children: ComponentChildren
}

export function Dialog({ title, over, onClose, onDone, children }: DialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  const gone = useRef(false)
  useLayoutEffect(() => {
    const el = dialog.current
    if (!el) return
    el.showModal()
    // A window that changes its size has another room for it.
    const put = () => over && place(el, over)
    put()
    addEventListener('resize', put)
    focusFirst(el)
    // A dialog that is taken out of the document while it is open gives the focus to nobody; and what it says of its end comes when another may be open.
    return () => {
      gone.current = true
      removeEventListener('resize', put)
      el.close()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      class="sheet place-dialog"
      aria-labelledby="dialog-title"
      onClose={() => gone.current || onClose()}
      closedby="any"
      onKeyDown={(e) => {
        if (e.key !== 'Enter' || !(e.ctrlKey || e.metaKey) || !onDone) return
        e.preventDefault()
        onDone()
      }}
    >
      <header>
        <h2 id="dialog-title">{title}</h2>
        <button type="button" class="icon-button" aria-label={t('close')} onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  )
}

/** Over the place, inside the window; where there is only one pane the style sheet says where. */
function place(el: HTMLDialogElement, over: DOMRect): void {
  const { style } = el
  if (innerWidth < 700) {
    style.margin = style.inset = ''
    return
  }
  const size = el.getBoundingClientRect()
  const fit = (wish: number, length: number, room: number) => Math.max(edge, Math.min(wish, room - length - edge))
  const rtl = getComputedStyle(el).direction === 'rtl'
  style.margin = '0'
  style.inset = 'auto'
  style.top = `${fit(over.top - edge, size.height, innerHeight)}px`
  style.left = `${fit(rtl ? over.right - size.width + edge : over.left - edge, size.width, innerWidth)}px`
}

export interface FieldProps {
  label: string
  hint?: string | undefined
  children: (id: string, hintId: string | undefined) => JSX.Element
  id: string
}

/** A label over its field. */
export function Field({ label, hint, id, children }: FieldProps): JSX.Element {
  const hintId = hint ? `${id}-hint` : undefined
  return (
    <div class="form-field">
      <label for={id}>{label}</label>
      {children(id, hintId)}
      {hint && (
        <small id={hintId} class="field-hint">
          {hint}
        </small>
      )}
    </div>
  )
}

/** What went wrong, in the dialog in which it did. */
export function Fault({ text }: { text: string }): JSX.Element {
  return (
    <div role="alert">
      {text && (
        <p class="field-error">
          <Icon name="alert" size={16} />
          {text}
        </p>
      )}
    </div>
  )
}

/** Where one writes first has the focus. But a finger wants to read: the keyboard of a phone would cover what has just come. */
function focusFirst(el: HTMLElement | null): void {
  if (!matchMedia('(pointer: coarse)').matches) el?.querySelector<HTMLElement>('[data-first]')?.focus()
}

/** Clash in a dialog, where the focus goes back to what one writes. */
export function DialogClash({ onTake, onKeep, ...rest }: Omit<ClashProps, 'onBoth'>): JSX.Element {
  const choose = (choice: ClashProps['onTake']) => (button: HTMLElement) => {
    const dialog = button.closest('dialog')
    choice(button)
    focusFirst(dialog)
  }
  return <Clash {...rest} onTake={choose(onTake)} onKeep={choose(onKeep)} />
}
