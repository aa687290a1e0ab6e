import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from '../shared/icons'
import { wear } from '../shared/parts'
import { useApp } from './app'
import looks from './dialog.css'

wear(looks)

interface DialogProps {
  /** Of the heading, which names the dialog. */
  id: string
  title: string
  hint?: string
  children: ComponentChildren
}

/** A sheet that rises over the conversation and is closed by its button, by Escape, or by a click beside it. */
export function Dialog({ id, title, hint, children }: DialogProps): JSX.Element {
  const app = useApp()
  const dialog = useRef<HTMLDialogElement>(null)
  const close = () => {
    app.sheet.value = 'none'
  }

  useEffect(() => {
    const d = dialog.current
    const before = document.activeElement as HTMLElement | null
    d?.showModal()
    // showModal gives the focus to the first control, which closes. A phone's keyboard is not brought up unasked.
    const input = app.touch ? null : d?.querySelector('input')
    if (input) input.focus()
    else d?.focus()
    // The dialog is out of the page by then, so the browser does not give the focus back by itself.
    return () => {
      if (document.activeElement === document.body) before?.focus()
    }
  }, [])

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the click beside the sheet is a shortcut; Escape and the button do the same
    <dialog
      ref={dialog}
      class="over"
      tabIndex={-1}
      aria-labelledby={id}
      onCancel={(e) => {
        e.preventDefault()
        close()
      }}
      onClick={(e) => {
        // A click beside the sheet lands on the dialog itself.
        if (e.target === dialog.current) close()
      }}
    >
      <div class="sheet">
        <div class="top">
          <div>
            <h2 id={id}>{title}</h2>
            {hint && <p>{hint}</p>}
          </div>
          <button type="button" class="tool" aria-label={app.t.value('close')} onClick={close}>
            <Icon name="close" size={22} />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  )
}
