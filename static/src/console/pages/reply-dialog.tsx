// A canned reply in one language: read beside what it translates, and for admins a form.
import type { JSX } from 'preact'
import type { Canned, CannedText } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { languageName, sameLanguage } from '../app/languages'
import { t } from '../app/words'
import { Dialog, Field } from './dialog'
import { useAdmin } from './place'
import { By, ReplyForm } from './reply-form'
import type { Rest } from './rest'
import { sourceFor, textIn } from './texts'
import type { Unsaved } from './unsaved'

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
  /** here: the dialog still shows it. was: the name that it had before, if it was another. */
  onSaved: (one: Canned, here: boolean, was?: string) => void
  /** Asks for all of them anew: somebody else has changed one. */
  reload: () => Promise<void>
  /** Before something is put under a name: what waits to be removed under it goes first, and not with it. */
  settled: (name: string) => Promise<void>
  /** By reply and language. */
  unsaved: Unsaved<string, CannedText>
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
      {useAdmin() ? <ReplyForm {...props} one={one} text={text} /> : <Reading text={text} language={props.language} />}
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
      <p class="glance" dir="auto" lang={source.language} translate={false}>
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
      <p class="reply-text glance" dir="auto" lang={language} translate={false}>
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
