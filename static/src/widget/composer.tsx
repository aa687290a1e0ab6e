import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { AttachButton } from '../shared/attach/button'
import { direction } from '../shared/i18n'
import { Icon } from '../shared/icons'
import { useApp } from './app'
import { allowSound } from './sound'

/** DefaultTextLimit of the server, in code points after NFC. A site with another limit answers too_long. */
const limit = 4000
/** The counter appears only when it begins to matter. */
const nearly = 200

export function Composer(): JSX.Element {
  const app = useApp()
  const { draft, talk, t } = app
  const box = useRef<HTMLTextAreaElement>(null)
  // beforeinput does not say whether Shift was held.
  const shift = useRef(false)
  const tt = t.value
  const text = draft.value
  const left = limit - [...text.trim().normalize('NFC')].length
  const { attach } = app
  const here = attach.files.value
  const sendable = (text.trim() !== '' || here?.tray.any === true) && left >= 0

  // The box is the browser's: what is typed flows out of it and is never written back, so that a fast hand is not overtaken.
  // Before painting: the page around may ask for the focus, or bring a draft, before a slow machine has painted anything.
  useLayoutEffect(() => {
    const el = box.current
    if (!el) return
    el.value = app.draft.peek()
    grow(el)
    app.focus = () => el.focus()
    app.fill = (put) => {
      el.value = put
      grow(el)
    }
    return () => {
      app.focus = app.fill = () => {}
    }
  }, [app])

  const send = () => {
    const el = box.current
    if (!el) return
    const typed = el.value.trim()
    if (limit < [...typed.normalize('NFC')].length) return
    const files = attach.files.peek()?.tray.take() ?? []
    if (typed === '' && files.length === 0) return
    allowSound()
    talk.send(typed, undefined, files)
    app.fillDraft('')
    app.saveDraft()
    el.focus()
  }

  // Before the first line there is no conversation to read along in.
  const read = talk.preview.value && talk.current.value !== undefined
  const resolved = talk.current.value?.row?.state === 'resolved'
  return (
    <form
      class="composer"
      onSubmit={(e) => {
        e.preventDefault()
        send()
      }}
    >
      {here && <here.views.Tray />}
      <div class="field">
        <Attach />
        <textarea
          ref={box}
          rows={1}
          // An empty box has no direction of its own to find.
          dir={text ? 'auto' : direction(app.language.value)}
          lang={talk.language.value}
          enterkeyhint="send"
          autoCapitalize="sentences"
          aria-label={tt('composer.label')}
          placeholder={tt(resolved ? 'composer.again' : 'composer.placeholder')}
          {...(left < 0
            ? { 'aria-invalid': true, 'aria-describedby': 'left' }
            : read && { 'aria-describedby': 'seen' })}
          onBeforeInput={(e) => {
            // Enter as the input method means it: never in the middle of a composition, also on keyboards that send no key.
            const kind = (e as unknown as InputEvent).inputType
            if (kind === 'insertLineBreak' && !shift.current) {
              e.preventDefault()
              send()
            }
          }}
          onKeyDown={(e) => {
            shift.current = e.shiftKey || e.altKey || e.ctrlKey
          }}
          onInput={(e) => {
            app.setDraft(e.currentTarget.value)
            grow(e.currentTarget)
            talk.typed(e.currentTarget.value.trim())
          }}
          onBlur={() => talk.typed('')}
        />
        <button
          type="submit"
          class="send"
          aria-label={tt('composer.send')}
          aria-disabled={!sendable}
          // The box keeps the focus, and with it the keyboard of a phone.
          onPointerDown={(e) => e.preventDefault()}
        >
          <Icon name="send" />
        </button>
      </div>
      {read && (
        <p id="seen" class="seen">
          {tt('preview.line')}
          <button
            type="button"
            class="link"
            onClick={() => {
              talk.setPreview(false)
              app.focus()
            }}
          >
            {tt('preview.stop')}
          </button>
        </p>
      )}
      {left < nearly && (
        <p id="left" class={left < 0 ? 'left over' : 'left'}>
          {left < 0 ? tt('composer.over', { n: -left }) : tt('composer.left', { n: left })}
        </p>
      )}
    </form>
  )
}

/** What is done with files is fetched as soon as somebody seems to want it. */
function Attach(): JSX.Element {
  const app = useApp()
  const { attach, t } = app
  const add = (files: File[]) => {
    attach.add(files)
    if (!app.touch) app.focus()
  }
  return (
    <AttachButton class="tool attach" label={t.value('file.add')} add={add} soon={attach.soon}>
      <Icon name="attach" size={22} />
    </AttachButton>
  )
}

/** Browsers without field-sizing get their height by hand. */
function grow(el: HTMLTextAreaElement): void {
  if (CSS.supports('field-sizing', 'content')) return
  el.style.height = 'auto'
  el.style.height = `${el.scrollHeight}px`
}
