// The form of a canned reply: its short name, and its text in one language.
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import type { CannedText } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { languageName } from '../app/languages'
import { shortTime } from '../app/times'
import { t } from '../app/words'
import { Icon } from '../ui/icons'
import { DialogClash, Fault, Field } from './dialog'
import { type ReplyEdit, type ReplyFormProps, useReplyEdit } from './reply-edit'
import { putIn, sourceFor } from './texts'

/** chat.CannedVariables. */
const variables = ['name', 'order', 'agent'] as const

export function ReplyForm(props: ReplyFormProps): JSX.Element {
  const { one, text, language } = props
  const edit = useReplyEdit(props)
  const area = useRef<HTMLTextAreaElement>(null)
  const insert = (variable: string) => {
    const el = area.current
    if (!el) return
    const put = putIn(edit.words, el.selectionStart, el.selectionEnd, `{${variable}}`)
    edit.type(put.text)
    el.value = put.text
    el.focus()
    el.setSelectionRange(put.caret, put.caret)
  }
  return (
    <form
      class="dialog-form"
      onSubmit={(e) => {
        e.preventDefault()
        edit.save(true)
      }}
      onKeyDown={(e) => {
        if (e.key !== 'Enter' || !(e.ctrlKey || e.metaKey)) return
        e.preventDefault()
        edit.save(edit.fit.approve)
      }}
    >
      <Name edit={edit} fresh={!one} />
      {edit.clash && (
        <DialogClash name={text?.by} onTake={edit.take} onKeep={edit.insist}>
          {text && (
            <p class="glance" dir="auto" lang={language} translate={false}>
              {text.text}
            </p>
          )}
        </DialogClash>
      )}
      <Field id="reply-text" label={languageName(language)}>
        {(id) => (
          <textarea
            ref={area}
            id={id}
            data-first={one && ''}
            lang={language}
            dir="auto"
            placeholder=" "
            rows={4}
            aria-describedby="reply-variables"
            value={edit.words}
            onInput={(e) => edit.type(e.currentTarget.value)}
          />
        )}
      </Field>
      <p class="variables" id="reply-variables">
        <span class="quiet">{t('canned.variables')}</span>
        {variables.map((v) => (
          <button key={v} type="button" class="variable" onClick={() => insert(v)}>
            <code>{`{${v}}`}</code> {t(`canned.variable.${v}`)}
          </button>
        ))}
      </p>
      {text && !edit.changed && <By text={text} />}
      <Fault text={edit.fault} />
      {edit.busy === 'drafting' && <p role="status">{t('preview.waiting')}</p>}
      <Foot {...props} edit={edit} drafted={() => area.current?.focus()} />
    </form>
  )
}

function Name({ edit, fresh }: { edit: ReplyEdit; fresh: boolean }): JSX.Element {
  return (
    <Field id="reply-name" label={t('canned.name')} hint={fresh ? t('canned.name.hint') : undefined}>
      {(id, hint) => (
        <input
          id={id}
          type="text"
          required
          data-first={fresh ? '' : undefined}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          aria-describedby={hint}
          value={edit.typedName}
          onInput={(e) => edit.typeName(e.currentTarget.value)}
          onKeyDown={(e) => {
            // Enter here gives the name; it approves nothing that is not looked at.
            if (fresh || e.key !== 'Enter' || e.ctrlKey || e.metaKey) return
            e.preventDefault()
            edit.save(false)
          }}
        />
      )}
    </Field>
  )
}

function Foot({
  one,
  text,
  language,
  own,
  onRemove,
  edit,
  drafted,
}: ReplyFormProps & { edit: ReplyEdit; drafted: () => void }): JSX.Element {
  return (
    <div class="dialog-foot">
      {text && one && (
        <button
          type="button"
          class="link danger"
          disabled={edit.blocked}
          onClick={() => (one.texts.length > 1 ? edit.removeText() : onRemove(one))}
        >
          {t('place.remove')}
        </button>
      )}
      <span class="grow" />
      {one && sourceFor(one, language, own) && (
        <button type="button" class="draft-it" disabled={edit.blocked} onClick={() => edit.draft(drafted)}>
          <Icon name="translate" size={16} />
          {t('canned.translate')}
        </button>
      )}
      {!one && (
        <button type="button" onClick={edit.abandon}>
          {t('cancel')}
        </button>
      )}
      <button type="button" disabled={edit.blocked || !edit.fit.save} onClick={() => edit.save(false)}>
        {t(edit.renamed && !edit.changed ? 'correct.save' : 'canned.save')}
      </button>
      <button type="submit" class="primary" disabled={edit.blocked || !edit.fit.approve}>
        {t('preview.approve.short')}
      </button>
    </div>
  )
}

/** Who has written or approved it, and when. */
export function By({ text }: { text: CannedText }): JSX.Element {
  const now = useDesk().minute.value
  const who = text.state === 'approved' ? t('by.approved', { name: text.by }) : t('canned.by.draft', { name: text.by })
  return (
    <p class="quiet reply-by">
      <Icon name={text.state === 'approved' ? 'check' : 'edit'} size={14} />
      <span>
        {who} · {shortTime(text.at, now)}
      </span>
    </p>
  )
}
