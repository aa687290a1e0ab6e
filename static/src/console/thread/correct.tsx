// A translation in the agent's own hand, in the place where it stands: Enter saves, Escape leaves everything as it was.
import { type Signal, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import type { Message } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { languageName } from '../app/languages'
import { t } from '../app/words'
import { missing } from '../composer/survives'
import { counted, textLimit } from '../composer/text'
import { Warnings } from '../composer/warnings'
import { Icon } from '../ui/icons'
import type { Reading } from './reading'

export interface CorrectionProps {
  id: string
  line: Message
  /** The key of the translation, and what it says now. */
  into: string
  reading: Reading
}

/** The pencil beside a translation, and the field that it opens. `open` belongs to the line, so that a row that comes meanwhile closes nothing. */
export function Correct({ open, ...props }: CorrectionProps & { open: Signal<boolean> }): JSX.Element {
  const button = useRef<HTMLButtonElement>(null)
  const leave = () => {
    open.value = false
    // After the field is gone, and only if the focus went with it: who has clicked elsewhere is elsewhere.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) button.current?.focus()
    })
  }
  if (open.value) return <Field {...props} leave={leave} />
  const label = t('correct', { language: languageName(props.into) })
  return (
    <button
      ref={button}
      type="button"
      class="icon-button small correct"
      aria-label={label}
      title={label}
      onClick={() => (open.value = true)}
    >
      <Icon name="edit" size={14} />
    </button>
  )
}

function Field({ id, line, into, reading, leave }: CorrectionProps & { leave: () => void }): JSX.Element {
  const desk = useDesk()
  const box = useRef<HTMLTextAreaElement>(null)
  const hint = useId()
  const before = reading.state === 'done' ? reading.main.text : ''
  const text = useSignal(before || line.text)
  const busy = useSignal(false)
  useLayoutEffect(() => {
    box.current?.focus()
    box.current?.setSelectionRange(0, before ? before.length : line.text.length)
  }, [])
  const lacking = missing(line.text, text.value)
  const form = useRef<HTMLFormElement>(null)
  // It grows with what is written and with what is said about it, and is seen whole all the while.
  useLayoutEffect(() => form.current?.scrollIntoView({ block: 'nearest' }), [text.value, lacking.length])
  const over = counted(text.value) > textLimit
  const save = async () => {
    const now = text.value.trim()
    if (now === '' || over || busy.value) return
    // What is called wrong and stays as it is has been looked at: that ends the flag.
    if (now === before && !reading.flagged) return leave()
    busy.value = true
    const done = await desk.act.correct(id, line.seq, into, now)
    busy.value = false
    if (done) leave()
    else box.current?.focus()
  }
  return (
    <form
      ref={form}
      class="correction"
      onSubmit={(e) => {
        e.preventDefault()
        void save()
      }}
    >
      <textarea
        ref={box}
        rows={1}
        dir="auto"
        lang={into}
        translate={false}
        aria-label={t('correct', { language: languageName(into) })}
        aria-describedby={hint}
        aria-invalid={over}
        readOnly={busy.value}
        value={text.value}
        onInput={(e) => (text.value = e.currentTarget.value)}
        onKeyDown={(e) => {
          if (e.isComposing) return
          if (e.key === 'Escape') {
            e.preventDefault()
            leave()
          } else if (e.key === 'Enter' && !e.shiftKey) {
            e.preventDefault()
            void save()
          }
        }}
      />
      <Warnings list={lacking.map((text) => ({ kind: 'missing', text }))} />
      <div class="correction-foot">
        <span id={hint} class={over ? 'over' : 'correction-hint'}>
          {over
            ? t('composer.over', { n: counted(text.value) - textLimit })
            : t(line.author.kind === 'visitor' ? 'correct.hint' : 'correct.hint.theirs')}
        </span>
        <button type="button" class="link" onClick={leave}>
          {t('cancel')}
        </button>
        <button
          type="submit"
          class="primary small-button"
          disabled={over || text.value.trim() === '' || !desk.line.online.value}
        >
          {t('correct.save')}
        </button>
      </div>
    </form>
  )
}
