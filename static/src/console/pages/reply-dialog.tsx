// A canned reply in one language: written, drafted by an engine, read beside what it translates, and approved.
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import type { Canned, CannedText } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { languageName, sameLanguage } from '../app/languages'
import { shortTime } from '../app/times'
import { t } from '../app/words'
import { Icon } from '../ui/icons'
import { Dialog, Fault, Field } from './dialog'
import { useAdmin } from './place'
import { type Rest, siteURL, why } from './rest'
import { cannedName, putIn, sourceFor, textIn } from './texts'
import type { Unsaved } from './unsaved'
import { useHere } from './use'

/** chat.CannedVariables. */
const variables = ['name', 'order', 'agent'] as const

/** Where the name of a new reply is kept among what was typed; no reply can be called so. */
const newName = '/'

export interface ReplyDialogProps {
  /** The reply; undefined for a new one. */
  name: string | undefined
  language: string
  over: DOMRect | undefined
  rest: Rest
  site: string
  own: string
  all: readonly Canned[]
  languages: readonly string[]
  onLanguage: (language: string) => void
  onClose: () => void
  /** here: the dialog still shows it. */
  onSaved: (one: Canned, here: boolean) => void
  /** Before something is put under a name: what waits to be removed under it goes first, and not with it. */
  settled: (name: string) => Promise<void>
  /** By reply and language. */
  unsaved: Unsaved<string>
  onRemove: (one: Canned) => void
}

export function ReplyDialog(props: ReplyDialogProps): JSX.Element {
  const one = props.all.find((o) => o.name === props.name)
  const text = one && textIn(one, props.language)
  return (
    <Dialog title={one ? <bdi>/{one.name}</bdi> : t('canned.add')} over={props.over} onClose={props.onClose}>
      <Field id="reply-language" label={t('context.language')}>
        {(id) => (
          <select
            id={id}
            class="select"
            value={props.language}
            onChange={(e) => props.onLanguage(e.currentTarget.value)}
          >
            {props.languages.map((tag) => (
              <option key={tag} value={tag}>
                {languageName(tag)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Source one={one} language={props.language} own={props.own} />
      {useAdmin() ? <Form {...props} one={one} text={text} /> : <Reading text={text} language={props.language} />}
    </Dialog>
  )
}

/** What the text is a translation of. */
function Source({
  one,
  language,
  own,
}: {
  one: Canned | undefined
  language: string
  own: string
}): JSX.Element | null {
  const source = one && sourceFor(one, language, own)
  // The site's own text is where the others come from: what waits for approval is nothing to hold it against.
  if (!source || (sameLanguage(language, own) && source.state === 'draft')) return null
  return (
    <div class="reply-source">
      <small>{languageName(source.language)}</small>
      <p dir="auto" lang={source.language} translate={false}>
        {source.text}
      </p>
    </div>
  )
}

function Reading({ text, language }: { text: CannedText | undefined; language: string }): JSX.Element {
  const { notices } = useDesk()
  if (!text) return <p class="quiet">{t('canned.missing')}</p>
  return (
    <>
      <p class="reply-text" dir="auto" lang={language} translate={false}>
        {text.text}
      </p>
      <By text={text} />
      <div class="dialog-foot">
        <button type="button" onClick={() => notices.copy(text.text)}>
          {t('copy')}
        </button>
      </div>
    </>
  )
}

function By({ text }: { text: CannedText }): JSX.Element {
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

interface FormProps extends ReplyDialogProps {
  one: Canned | undefined
  text: CannedText | undefined
}

function Form({
  one,
  text,
  language,
  languages,
  all,
  unsaved,
  rest,
  site,
  own,
  onClose,
  onSaved,
  settled,
  onRemove,
}: FormProps): JSX.Element {
  const desk = useDesk()
  const here = useHere()
  const area = useRef<HTMLTextAreaElement>(null)
  const typedName = useSignal(unsaved.get(newName, undefined) ?? '')
  const kept = `${one?.name ?? ''} ${language}`
  // What the typed text was made from.
  const of = useRef(text?.text)
  const typed = useSignal(unsaved.get(kept, of.current) ?? of.current ?? '')
  const fault = useSignal('')
  const busy = useSignal<'saving' | 'drafting' | undefined>(undefined)
  const name = one?.name ?? cannedName(typedName.value)
  const changed = typed.value.trim() !== (text?.text ?? '')
  const taken = !one && all.some((o) => o.name === name)
  const type = (words: string) => {
    typed.value = words
    unsaved.keep(kept, words, of.current)
  }
  const blocked = busy.value !== undefined || !desk.line.online.value

  const during = async (what: 'saving' | 'drafting', act: () => Promise<void>) => {
    if (blocked) return
    busy.value = what
    fault.value = ''
    try {
      await act()
    } catch (err) {
      fault.value = why(err)
    }
    busy.value = undefined
  }
  const url = (...more: string[]) => siteURL(site, 'canned', name ?? '', language, ...more)
  const save = (approve: boolean) =>
    during('saving', async () => {
      // What is put is there even if it is not approved then: it is shown as the draft that it is.
      if (name !== undefined && !one) await settled(name)
      if (changed) {
        const saved = await rest.send<Canned>('PUT', url(), { text: typed.value })
        of.current = textIn(saved, language)?.text
        onSaved(saved, here.current)
      }
      unsaved.drop(kept)
      if (!one) unsaved.drop(newName)
      if (approve) onSaved(await rest.send<Canned>('POST', url('approve')), here.current)
      if (here.current) onClose()
    })
  const draft = () =>
    during('drafting', async () => {
      const before = typed.peek()
      const drafted = await rest.send<Canned>('POST', url('draft'))
      onSaved(drafted, here.current)
      of.current = textIn(drafted, language)?.text
      // What somebody has written since is worth more than the draft.
      if (typed.peek() !== before) return type(typed.peek())
      unsaved.drop(kept)
      typed.value = of.current ?? typed.value
      area.current?.focus()
    })
  const removeText = () =>
    during('saving', async () => {
      await rest.remove(url())
      if (one) onSaved({ ...one, texts: one.texts.filter((o) => o.language !== language) }, here.current)
      if (here.current) onClose()
    })
  const abandon = () => {
    unsaved.drop(newName, ...languages.map((tag) => ` ${tag}`))
    onClose()
  }
  const insert = (variable: string) => {
    const el = area.current
    if (!el) return
    const put = putIn(typed.value, el.selectionStart, el.selectionEnd, `{${variable}}`)
    type(put.text)
    el.value = put.text
    el.focus()
    el.setSelectionRange(put.caret, put.caret)
  }
  const empty = typed.value.trim() === '' || name === undefined || taken
  return (
    <form
      class="dialog-form"
      onSubmit={(e) => {
        e.preventDefault()
        if (!empty) void save(true)
      }}
      onKeyDown={(e) => {
        if (e.key !== 'Enter' || !(e.ctrlKey || e.metaKey) || empty) return
        e.preventDefault()
        void save(true)
      }}
    >
      {!one && (
        <Field id="reply-name" label={t('canned.name')} hint={t('canned.name.hint')}>
          {(id, hint) => (
            <input
              id={id}
              type="text"
              required
              data-first=""
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
              aria-describedby={hint}
              value={typedName.value}
              onInput={(e) => {
                typedName.value = e.currentTarget.value
                unsaved.keep(newName, typedName.value, undefined)
              }}
            />
          )}
        </Field>
      )}
      <Field id="reply-text" label={languageName(language)}>
        {(id) => (
          <textarea
            ref={area}
            id={id}
            data-first={one && ''}
            lang={language}
            dir="auto"
            rows={4}
            aria-describedby="reply-variables"
            value={typed.value}
            onInput={(e) => type(e.currentTarget.value)}
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
      {text && !changed && <By text={text} />}
      <Fault text={taken ? t('canned.conflict') : fault.value} />
      {busy.value === 'drafting' && <p role="status">{t('preview.waiting')}</p>}
      <div class="dialog-foot">
        {text && one && (
          <button
            type="button"
            class="link danger"
            disabled={blocked}
            onClick={() => (one.texts.length > 1 ? void removeText() : onRemove(one))}
          >
            {t('place.remove')}
          </button>
        )}
        <span class="grow" />
        {one && sourceFor(one, language, own) && (
          <button type="button" class="draft-it" disabled={blocked} onClick={() => void draft()}>
            <Icon name="translate" size={16} />
            {t('canned.translate')}
          </button>
        )}
        {!one && (
          <button type="button" onClick={abandon}>
            {t('cancel')}
          </button>
        )}
        <button type="button" disabled={blocked || empty || !changed} onClick={() => void save(false)}>
          {t('canned.save')}
        </button>
        <button type="submit" class="primary" disabled={blocked || empty || (!changed && text?.state === 'approved')}>
          {t('preview.approve.short')}
        </button>
      </div>
    </form>
  )
}
