// Where an agent writes: the reply with what the customer will read beneath it, or a note that only colleagues see.
import { useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { useDesk } from '../app/desk'
import { sameLanguage } from '../app/languages'
import { CannedList } from '../app/parts'
import { t } from '../app/words'
import { Attach, TrayOfBox } from '../attach/views'
import { Icon } from '../ui/icons'
import { SingleKey } from '../ui/single-key'
import { cannedDraft, cannedQuery, openIn, typedOver } from './canned'
import { useCanned } from './canned-menu'
import { Collided, useGuard } from './collided'
import { type Draft, textIn, turned } from './drafts'
import { inserting, insertText } from './insert'
import { Called, MentionList, useMention } from './mention-menu'
import { called } from './mentions'
import { Previewer, previewPatience } from './preview'
import { Preview } from './preview-line'
import { counted, nearLimit, textLimit } from './text'
import { useTyping } from './typing'
import { Warnings } from './warnings'
import { WrittenIn } from './written-in'

export function Composer({ id }: { id: string }): JSX.Element {
  const desk = useDesk()
  const box = useRef<HTMLTextAreaElement>(null)
  const draft = desk.drafts.of(id)
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
  const tray = desk.files.tray(id, note)
  const waits = textIn(draft.value, !note).trim() !== '' || desk.files.tray(id, !note).any

  const guard = useGuard(id)
  const put = (change: Partial<Draft>) => {
    desk.drafts.set(id, guard.begun(draft.peek(), { ...draft.peek(), ...change }))
  }
  const turn = (note: boolean) => {
    const next = turned(draft.peek(), note)
    desk.drafts.set(id, next)
    // Before the next frame, for what comes right after belongs behind it.
    if (box.current && box.current.value !== next.text) box.current.value = next.text
  }

  const insert = (text: string, from?: number, to?: number) => {
    if (box.current) insertText(box.current, text, from, to)
  }
  const replies = useCanned(id, row, draft, writes, (hit) => {
    insert(hit.text)
    put(cannedDraft(hit, row?.language ?? '', desk.language.value))
    selectOpen(box.current)
  })
  const canned = typeof replies === 'string' ? undefined : replies
  const open = note || looking(text) ? [] : openIn(text)
  const people = note && row ? desk.roster.of(row.site) : []
  const mention = useMention(id, people, draft, box, insert)

  const searching = replies !== undefined
  useEffect(() => {
    if (previewing && online && !searching) previewer.want(text, back.value)
    else previewer.want('', false)
  }, [text, previewing, online, back.value, searching])
  useEffect(() => () => previewer.stop(), [previewer])

  // The caret goes back to where it stood when the conversation was left.
  useLayoutEffect(() => {
    const el = box.current
    const caret = draft.peek().caret
    if (el) el.setSelectionRange(caret?.[0] ?? el.value.length, caret?.[1] ?? el.value.length)
    return () => {
      typing.stop()
      const left = draft.peek()
      if (left.text) {
        if (el) desk.drafts.set(id, { ...left, caret: [el.selectionStart, el.selectionEnd] })
      } else if (left.note && !desk.files.tray(id, true).any) desk.drafts.set(id, turned(left, false))
    }
  }, [id])

  // Keys and buttons elsewhere ask for the box, or put something into it. Before the next frame: the next key may come sooner, and
  // must neither do what a key of its own does nor go to the customer as a reply.
  const wish = desk.focusOn.value
  useLayoutEffect(() => {
    if (wish === undefined || wish.on === 'tag') return
    const { on } = wish
    if (on === 'note' || on === 'reply') turn(on === 'note')
    if (on !== 'start' || document.activeElement === document.body) box.current?.focus()
    // Granted once: the next conversation that is opened must not find it and take the keyboard.
    desk.focusOn.value = undefined
  }, [wish])
  const returned = desk.returned.value
  useEffect(() => {
    if (returned?.conversation !== id) return
    turn(returned.note)
    const old = draft.peek().text
    if (old.trim()) insert(`\n${returned.text}`, old.length, old.length)
    else insert(returned.text)
    desk.returned.value = undefined
  }, [returned])
  const backAsked = desk.backAsked.value
  const backSeen = useRef(backAsked)
  useEffect(() => {
    if (backAsked === backSeen.current) return
    backSeen.current = backAsked
    if (previewing) back.value = !back.peek()
  }, [backAsked])

  const composed = useRef(false)
  // The text whose open variables the agent has been shown, or that it is the name of no reply: the second time it goes as it is.
  const shown = useRef('')
  const send = (andResolve: boolean) => {
    const now = draft.peek()
    const tray = desk.files.tray(id, now.note)
    if ((now.text.trim() === '' && !tray.any) || counted(now.text) > textLimit) return
    if (!now.note && (searching || openIn(now.text).length > 0) && shown.current !== now.text) {
      shown.current = now.text
      selectOpen(box.current)
      return
    }
    const stopped = guard.stops(now)
    if (stopped) {
      // Asked once: the next Enter sends.
      put({ since: stopped.met })
      box.current?.focus()
      return
    }
    const reviewed =
      previewing && now.reviewed && now.reviewed.text.trim() !== ''
        ? { language: now.reviewed.language, text: now.reviewed.text.trim() }
        : undefined
    typing.stop()
    const waits = previewing && online && !reviewed && now.text.trim() !== '' && !previewer.fresh(now.text)
    const line = {
      text: now.text.trim(),
      note: now.note,
      language: writes,
      ...(reviewed && { reviewed }),
      ...(now.note && { calls: called(now.text, people).map((a) => a.id) }),
      files: tray.take(),
      ...(waits && { heldMs: previewPatience }),
    }
    const key = andResolve && !now.note ? desk.act.sendAndResolve(id, line) : desk.act.send(id, line)
    if (waits && key) void previewer.hurry(line.text).then(() => desk.sending.release(key))
    // What is typed next is for the same readers: a second remark must not go to the customer.
    put({ text: '', reviewed: undefined, template: undefined, caret: undefined })
    box.current?.focus()
  }

  // Arrow keys go from mode to mode, as in any group of radio buttons, and stay there; a pointer that chooses one means to write.
  const byKey = useRef(false)

  return (
    <form
      class={`composer${note ? ' noting' : ''}`}
      aria-label={t(note ? 'composer.note' : 'composer.reply')}
      onSubmit={(e) => {
        e.preventDefault()
        send(false)
      }}
    >
      <div
        class="modes"
        role="radiogroup"
        aria-label={t('composer.mode')}
        onPointerDown={() => {
          byKey.current = false
        }}
      >
        {[false, true].map((n) => (
          <label key={String(n)} class={n === note ? 'chosen' : undefined}>
            <input
              type="radio"
              name="mode"
              checked={n === note}
              onKeyDown={(e) => {
                byKey.current = true
                if (e.key !== 'Enter') return
                // Here it would send.
                e.preventDefault()
                box.current?.focus()
              }}
              onChange={() => {
                turn(n)
                if (!byKey.current) box.current?.focus()
              }}
            />
            {t(n ? 'composer.note' : 'composer.reply')}
            {waits && n !== note && (
              <span class="mode-waits" title={t('canned.draft')}>
                <span class="spoken">{t('canned.draft')}</span>
              </span>
            )}
            <SingleKey name={n ? 'N' : 'R'} />
          </label>
        ))}
        {!note && <WrittenIn writes={writes} same={same} choose={(language) => put({ language })} />}
      </div>
      {draft.value.aside && (
        <p class="draft-aside" role="status">
          <span>{t('draft.aside', { text: `\u2068${draft.value.aside}\u2069` })}</span>
          <button
            type="button"
            class="link"
            onClick={() => {
              const there = box.current?.value ?? ''
              insert(there.trim() ? `\n${draft.peek().aside}` : (draft.peek().aside ?? ''), there.length, there.length)
              put({ aside: undefined })
            }}
          >
            {t('draft.aside.add')}
          </button>
          <button type="button" class="link" onClick={() => put({ aside: undefined })}>
            {t('out.discard')}
          </button>
        </p>
      )}
      {!note && <Collided guard={guard} send={() => send(false)} />}
      <TrayOfBox id={id} note={note} left={() => box.current?.focus()} />
      <div class="box">
        {canned && <CannedList menu={canned} />}
        {(replies === 'none' || replies === 'unfit') && <CannedList menu={replies} text={text} />}
        {mention && <MentionList menu={mention} />}
        <textarea
          ref={box}
          rows={2}
          dir="auto"
          lang={writes}
          aria-label={t(note ? 'composer.note' : 'composer.reply')}
          aria-describedby={`hint-${id}`}
          placeholder={t(note ? 'composer.note.hint' : 'composer.reply.hint')}
          {...(canned ?? mention)?.box}
          value={text}
          // No way of writing, not even an input method, writes to whom one is about to leave.
          readOnly={desk.underWay.value !== undefined}
          onInput={(e) => {
            put(typedOver(draft.peek(), e.currentTarget.value))
            if (!note && e.currentTarget.value.trim() !== '') typing.typed()
            else typing.stop()
          }}
          onBeforeInput={(e) => {
            // Here and not in keydown: right for input methods and for keyboards on glass, where keys have no names.
            const { inputType, isComposing } = e as InputEvent
            if (inputType !== 'insertLineBreak' && inputType !== 'insertParagraph') return
            if (isComposing || inserting.current || shift.current) return
            e.preventDefault()
            // It has ended a composition, and said nothing else.
            if (composed.current) return
            if (canned) canned.choose(canned.hits[canned.at])
            else if (mention) mention.choose(mention.hits[mention.at])
            // A name behind a slash is no answer, and the list of them is on its way.
            else if (replies !== 'coming') send(false)
          }}
          onKeyDown={(e) => {
            shift.current = e.shiftKey
            composed.current = e.isComposing && e.key === 'Enter'
            if ((canned ?? mention)?.key(e)) return
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
        {open.length > 0 && <Warnings list={open.map((text) => ({ kind: 'variable', text }))} />}
        {note && <Called text={text} people={people} />}
        {previewing && !empty && !searching && (
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
        <Attach id={id} note={note} />
        <p class="composer-hint" id={`hint-${id}`}>
          {over ? (
            <span class="over" role="status">
              {t('composer.over', { n: length - textLimit })}
            </span>
          ) : textLimit - length < nearLimit ? (
            <span>{t('composer.left', { n: textLimit - length })}</span>
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

/** What is typed behind a slash is looked for, not said. */
function looking(text: string): boolean {
  return cannedQuery(text) !== undefined
}

/** Selects the first variable that nobody could fill in: what is typed now takes its place. */
function selectOpen(box: HTMLTextAreaElement | null): void {
  const [first] = box ? openIn(box.value) : []
  if (!box || first === undefined) return
  const at = box.value.indexOf(first)
  box.focus()
  box.setSelectionRange(at, at + first.length)
}

// Whether Shift is down: beforeinput does not tell, and Shift+Enter means a new line.
const shift = { current: false }
