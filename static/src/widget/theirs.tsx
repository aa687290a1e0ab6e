import type { JSX } from 'preact'
import { useId } from 'preact/hooks'
import { languageName, plainTag } from '../shared/i18n'
import { Icon } from '../shared/icons'
import { Rich } from '../shared/rich'
import type { Message } from '../shared/wire.gen'
import { useApp } from './app'
import { Attached } from './attached'
import { WhatIsWrong } from './parts'
import type { Making, Reading } from './reading'
import { reading } from './reading'
import { Wrong } from './wrong'

const known = (tag: string) => tag !== '' && tag !== 'und'

interface TheirsProps {
  message: Message
  conversation: string
  name: string
}

/** A line of an agent's: in the visitor's language first, the original one step away. */
export function Theirs({ message, conversation, name }: TheirsProps): JSX.Element {
  const app = useApp()
  const id = useId()
  const r = reading(message, app.talk.language.value)
  const { original, missing } = r
  const of = { conversation, seq: message.seq, language: original?.entry ?? '' }
  const shown = original && app.showsOriginal(message.id)
  // What was called wrong is this text. One that came in its place was not, whatever is still half written about the other.
  const version = `${message.id} ${original?.making} ${r.text}`
  const asked = app.flagging.value?.id === version && app.flagging.value.state !== 'failed'
  return (
    <div class={message.text ? 'bubble' : 'bubble bare'}>
      <span class="spoken">{name}: </span>
      {/* A translation, and a person's in its place, is a new paragraph, not a changed one, so that a screen reader says it. */}
      {r.text && (
        <p key={`${r.language} ${original?.making}`} class="text" lang={r.language} dir="auto" translate={false}>
          <Rich text={r.text} />
        </p>
      )}
      <Attached of={{ conversation, message }} />
      {original && (
        <p class="about">
          <Origin language={original.language} making={original.making} />
          <span class="acts">
            <button
              type="button"
              class="link"
              aria-expanded={shown}
              {...(shown && { 'aria-controls': id })}
              onClick={() => app.turn(message.id)}
            >
              {app.t.value(shown ? 'line.hide' : 'line.show')}
            </button>
            <Wrong of={of} flagged={original.flagged} id={version} />
          </span>
        </p>
      )}
      {shown && (
        <p id={id} class="original" lang={original.language} dir="auto" translate={false}>
          <Rich text={original.text} />
        </p>
      )}
      {original && asked && <WhatIsWrong key={version} of={of} id={version} />}
      {missing && <Missing language={r.language} missing={missing} />}
    </div>
  )
}

/** From which language a line is, and whether a person vouches for the translation. */
function Origin({ language, making }: { language: string; making: Making }): JSX.Element {
  const app = useApp()
  const t = app.t.value
  const from = { language: languageName(plainTag(language), app.language.value) }
  return (
    <>
      <span class="fact">
        <Icon name="translate" size={14} />
        {known(language) ? t(making === 'rough' ? 'line.rough' : 'line.from', from) : t('line.translated')}
      </span>
      {(making === 'checked' || making === 'corrected') && (
        <span class="fact">
          <Icon name="person" size={14} />
          {t(`line.${making}`)}
        </span>
      )}
    </>
  )
}

/** Why there is no translation, in words of everyday; reasons that a newer server may know are simply that it did not work. */
const reasons: Record<string, string> = {
  no_pair: 'why.pair',
  no_engine: 'why.pair',
  engine: 'why.engine',
  damaged: 'why.damaged',
  budget: 'why.budget',
  too_long: 'why.long',
}

function Missing({ language, missing }: { language: string; missing: NonNullable<Reading['missing']> }): JSX.Element {
  const app = useApp()
  const t = app.t.value
  if (missing.state === 'pending')
    return (
      <p class="about pending">
        <span class="fact">
          <Icon name="translate" size={14} />
          {t('line.pending')}
        </span>
      </p>
    )
  const name = languageName(plainTag(language), app.language.value)
  return (
    <p class="about">
      {known(language) && <span>{t('line.written', { language: name })}</span>}
      <span>{t(reasons[missing.reason ?? ''] ?? 'why.other')}</span>
    </p>
  )
}
