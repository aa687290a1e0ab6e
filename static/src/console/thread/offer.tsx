// After a correction: to have the word translated so from now on. Only admins change a glossary, so nobody else is asked.
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import type { Term } from '../../shared/wire.gen'
import { type Corrected, useDesk } from '../app/desk'
import { t } from '../app/words'
import { Rest } from '../pages/rest'
import { TermDialog } from '../pages/term-dialog'
import type { TermFields } from '../pages/terms'
import { Unsaved } from '../pages/unsaved'
import { Icon } from '../ui/icons'
import { guessTerm } from './term-guess'

const rest = new Rest()

export default function Offer({ of }: { of: Corrected }): JSX.Element | null {
  const desk = useDesk()
  const over = useSignal<DOMRect | undefined>(undefined)
  const unsaved = useMemo(() => new Unsaved<TermFields, Term>(), [of])
  const guess = guessTerm(of.original, of.before, of.after)
  const site = desk.rows.value.get(of.conversation)?.site
  if (!guess || !site) return null
  const leave = () => (desk.corrected.value = undefined)
  return (
    <span class="tag offer">
      <button
        type="button"
        class="link"
        onClick={(e) => (over.value = e.currentTarget.closest('.line')?.getBoundingClientRect())}
      >
        {t('term.offer', { source: `\u2068${guess.source}\u2069`, target: `\u2068${guess.target}\u2069` })}
      </button>
      <button type="button" class="icon-button small" aria-label={t('close')} onClick={leave}>
        <Icon name="close" size={12} />
      </button>
      {over.value && (
        <TermDialog
          term={undefined}
          first={{ from: of.from, to: of.into, ...guess, case_sensitive: false }}
          over={over.value}
          rest={rest}
          site={site}
          all={[]}
          unsaved={unsaved}
          reload={async () => {}}
          onClose={() => (over.value = undefined)}
          onSaved={(term) => {
            leave()
            desk.notices.say(
              t('term.saved', { source: `\u2068${term.source}\u2069`, target: `\u2068${term.target}\u2069` }),
            )
          }}
          onOther={() => {}}
        />
      )}
    </span>
  )
}
