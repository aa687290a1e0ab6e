// One sentence above the lines for what would otherwise be said under each of them: no engine at all, or none for this pair.
import { useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useDesk } from '../app/desk'
import { languageName } from '../app/languages'
import { t } from '../app/words'
import { Icon } from '../ui/icons'
import { lacking } from './reading'

/** How many of the newest lines are asked: an engine that was added since makes the note go away. */
const asked = 6

export function EngineNote({ id }: { id: string }): JSX.Element | null {
  const desk = useDesk()
  const open = useSignal(false)
  const customer = useComputed(() => desk.rows.value.get(id)?.language ?? '')
  const missing = useComputed(() => {
    const lines = desk.chats
      .room(id)
      .value.messages.filter((m) => m.kind === 'message')
      .slice(-asked)
    return lacking(lines, desk.language.value, desk.languages.value, customer.value)
  }).value
  if (!missing) return null
  if (missing !== 'engine') {
    return (
      <p class="note-line" role="note">
        {t('engine.nopair', { from: languageName(missing.from), to: languageName(missing.to) })}
      </p>
    )
  }
  if (desk.engineNoteGone.value) return null
  return (
    <div class="note-line engine" role="note">
      <Icon name="translate" />
      <p>
        {t('engine.none')}{' '}
        <button type="button" class="link" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
          {t('engine.how')}
        </button>
        {open.value && (
          <span class="how">
            {t('engine.how.text')} <code>apt install apertium apertium-en-es</code> <code>dragoman engines</code>
          </span>
        )}
      </p>
      <button
        type="button"
        class="icon-button small"
        aria-label={t('engine.dismiss')}
        onClick={() => (desk.engineNoteGone.value = true)}
      >
        <Icon name="close" size={16} />
      </button>
    </div>
  )
}

/** That a shop saves, or has nothing left, is told where its lines are read. */
export function BudgetNote({ site }: { site: string }): JSX.Element {
  const desk = useDesk()
  const budget = useComputed(() => desk.sites.value.find((s) => s.key === site)?.budget).value
  // Always there, because what is announced must have stood before it changes. A state that a newer server has made up says nothing.
  return (
    <div role="status">
      {(budget === 'soft' || budget === 'spent') && (
        <p class="note-line budget-note">
          <Icon name="translate" />
          {t(`budget.${budget}`)}
        </p>
      )}
    </div>
  )
}
