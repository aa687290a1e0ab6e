// Where an agent writes: the reply with what the customer will read beneath it, or a note that only colleagues see.
import { useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { useDesk } from '../app/desk'
import { sameLanguage } from '../app/languages'
import { t } from '../app/words'
import { AttachButton, TrayOfBox } from '../attach/views'
import { Icon } from '../ui/icons'
import { CannedList, useCanned } from './canned-menu'
import type { Draft } from './drafts'
import { Previewer } from './preview'
import { Preview } from './preview-line'
import { counted, textLimit } from './text'
import { useTyping } from './typing'
import { WrittenIn } from './written-in'

export function Composer({ id }: { id: string }): JSX.Element {
  const desk = useDesk()
  const box = useRef<HTMLTextAreaElement>(null)
  const draft = useSignal<Draft>(desk.drafts.get(id))
  const back = useSignal(false)
  const previewer = useMemo(() => new Previewer(id, (fields) => desk.client.call('preview', fields)), [id])
  const row = useComputed(() => desk.rows.value.get(id)).value
  const online = desk.line.online.value
  const typing = useTyping(desk.client, id)

  const { text, note } = draft.value
  const writes = draft.value.language ?? desk.language.value
  const same = row !== undefined && sameLanguage(writes, row.language)
  // The server previews from the agent's first language.
  const previewing = row !== undefined && !same && !note && writes === desk.language.value
  const length = counted(text)
  const over = length > textLimit
  const empty = text.trim() === ''
  const tray = desk.files.tray(id)

  const put = (change: Partial<Draft>) => {
    draft.value = { ...draft.peek(), ...change }
    desk.drafts.set(id, draft.peek())
  }

  const canned = useCanned(id, row, draft, writes, put)

  // What is typed behind a slash is looked for, not said.
  const looking = canned !== undefined
  useEffect(() => {
    if (previewing && online && !looking) previewer.want(text, back.value)
    else previewer.want('', false)
  }, [text, previewing, online, back.value, looking])
  useEffect(() => () => previewer.stop(), [previewer])

  // The caret goes back to where it stood when the conversation was left.
  useLayoutEffect(() => {
    const el = box.current
    const caret = draft.peek().caret
    if (el) el.setSelectionRange(caret?.[0] ?? el.value.length, caret?.[1] ?? el.value.length)
    return () => {
      typing.stop()
      if (el && draft.peek().text) desk.drafts.set(id, { ...draft.peek(), caret: [el.selectionStart, el.selectionEnd] })
    }
  }, [id])

  // Keys and buttons elsewhere ask for the box, or put something into it. Before the next frame: the next key may come sooner, and
  // must neither do what a key of its own does nor go to the customer as a reply.
  const wish = desk.focusOn.value
  useLayoutEffect(() => {
    if (wish?.on !== 'reply' && wish?.on !== 'note') return
    if (draft.peek().note !== (wish.on === 'note')) put({ note: wish.on === 'note' })
    box.current?.focus()
    // Granted once: the next conversation that is opened must not find it and take the keyboard.
    desk.focusOn.value = undefined
  }, [wish])
  const returned = desk.returned.value
  useEffect(() => {
    if (returned?.conversation !== id) return
    const old = draft.peek().text
    put({ text: old.trim() ? `${old}\n${returned.text}` : returned.text, note: returned.note })
    desk.returned.value = undefined
    box.current?.focus()
  }, [returned])
  const backAsked = desk.backAsked.value
  const backSeen = useRef(backAsked)
  useEffect(() => {
    if (backAsked === backSeen.current) return
    backSeen.current = backAsked
    if (previewing) back.value = !back.peek()
  }, [backAsked])

  const send = (andResolve: boolean) => {
    const now = draft.peek()
    if ((now.text.trim() === '' && !tray.any) || counted(now.text) > textLimit) return
    const reviewed =
      previewing && now.reviewed && now.reviewed.text.trim() !== ''
        ? { language: now.reviewed.language, text: now.reviewed.text.trim() }
        : undefined
    typing.stop()
    const line = {
      text: now.text.trim(),
      note: now.note,
      language: writes,
      ...(reviewed && { reviewed }),
      files: tray.take(),
    }
    put({ text: '', note: false, reviewed: undefined, caret: undefined })
    if (andResolve && !now.note) void desk.act.sendAndResolve(id, line)
    else desk.act.send(id, line)
    box.current?.focus()
  }

  return (
    <form
      class={`composer${note ? ' noting' : ''}`}
      aria-label={t(note ? 'composer.note' : 'composer.reply')}
      onSubmit={(e) => {
        e.preventDefault()
        send(false)
      }}
    >
      <div class="modes" role="radiogroup" aria-label={t('composer.mode')}>
        {[false, true].map((n) => (
          <label key={String(n)} class={n === note ? 'chosen' : undefined}>
            <input
              type="radio"
              name="mode"
              checked={n === note}
              onChange={() => {
                put({ note: n })
                box.current?.focus()
              }}
            />
            {t(n ? 'composer.note' : 'composer.reply')}
            <kbd>{n ? 'N' : 'R'}</kbd>
          </label>
        ))}
        {!note && <WrittenIn writes={writes} same={same} choose={(language) => put({ language })} />}
      </div>
      <TrayOfBox id={id} left={() => box.current?.focus()} />
      <div class="box">
        {canned && <CannedList menu={canned} />}
        <textarea
          ref={box}
          rows={2}
          dir="auto"
          lang={writes}
          aria-label={t(note ? 'composer.note' : 'composer.reply')}
          aria-describedby={`hint-${id}`}
          placeholder={t(note ? 'composer.note.hint' : 'composer.reply.hint')}
          {...canned?.box}
          value={text}
          onInput={(e) => {
            put({ text: e.currentTarget.value })
            if (!note && e.currentTarget.value.trim() !== '') typing.typed()
            else typing.stop()
          }}
          onBeforeInput={(e) => {
            // Here and not in keydown: right for input methods and for keyboards on glass, where keys have no names.
            const { inputType, isComposing } = e as InputEvent
            if ((inputType !== 'insertLineBreak' && inputType !== 'insertParagraph') || isComposing || shift.current)
              return
            e.preventDefault()
            if (canned) canned.choose(canned.hits[canned.at])
            else send(false)
          }}
          onKeyDown={(e) => {
            shift.current = e.shiftKey
            if (canned?.key(e)) return
            if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && !e.isComposing) {
              e.preventDefault()
              send(true)
            }
          }}
          onKeyUp={(e) => {
            shift.current = e.shiftKey
          }}
          onBlur={() => typing.stop()}
        />
        {previewing && !empty && !looking && (
          <Preview
            of={text.trim()}
            customer={row.language}
            state={previewer.state}
            back={back}
            draft={draft.value}
            put={put}
            onSend={() => send(false)}
          />
        )}
      </div>
      <footer>
        <AttachButton id={id} />
        <p class="composer-hint" id={`hint-${id}`}>
          {over ? (
            <span class="over" role="status">
              {t('composer.over', { n: length - textLimit })}
            </span>
          ) : !online ? (
            <span class="offline-hint">
              <Icon name="offline" size={16} />
              {t('composer.offline')}
            </span>
          ) : (
            <span class="keys-hint">{t(note ? 'composer.keys.note' : 'composer.keys')}</span>
          )}
        </p>
        <button type="submit" class={note ? 'send add-note' : 'send primary'} disabled={(empty && !tray.any) || over}>
          {t(note ? 'composer.add' : 'composer.send')}
          <Icon name={note ? 'note' : 'send'} size={16} />
        </button>
      </footer>
    </form>
  )
}

// Whether Shift is down: beforeinput does not tell, and Shift+Enter means a new line.
const shift = { current: false }
