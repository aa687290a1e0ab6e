// Who else is in a conversation: in its heading, and in its row of the list.
import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import type { Conversation, Participant } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { t } from '../app/words'
import { Icon } from '../ui/icons'
import { initials } from '../ui/marks'

/** Colleagues who write in it, or look at it: so that nobody answers twice. Where there is no room, letters. */
export function Busy({ row }: { row: Conversation }): JSX.Element | null {
  const desk = useDesk()
  const typing = useColleagueTyping(row.id)
  const looking = useComputed(() => names(desk.roster.company.value.get(row.id)?.looking)).value
  if (!typing && !looking) return null
  const text = typing ? t('typing.colleague', { name: typing }) : t('looking', { names: looking })
  return (
    <span class="colleague company" title={text}>
      <Icon name={typing ? 'edit' : 'eye'} size={14} />
      <span class="company-names">{text}</span>
      <span class="company-letters" aria-hidden="true">
        {letters(typing || looking)}
      </span>
    </span>
  )
}

/** Colleagues who have a part in it. */
export function Others({ row }: { row: Conversation }): JSX.Element | null {
  const desk = useDesk()
  const others = names(row.participants.filter((p) => p.id !== desk.myId.value && p.kind !== 'visitor'))
  return others ? <span class="dot-before others">{t('others', { names: others })}</span> : null
}

/** In a row: an eye and letters; the names for screen readers and on pointing. */
export function RowCompany({ id }: { id: string }): JSX.Element | null {
  const desk = useDesk()
  // Text, because a computed that gives the same text again redraws nothing.
  const looking = useComputed(() => names(desk.roster.company.value.get(id)?.looking)).value
  if (!looking) return null
  const text = t('looking', { names: looking })
  return (
    <span class="row-company" title={text}>
      <Icon name="eye" size={14} />
      <span aria-hidden="true">{letters(looking)}</span>
      <span class="spoken">{text}</span>
    </span>
  )
}

/** The colleagues who write in a conversation, by name; nothing if nobody does. */
export function useColleagueTyping(id: string): string {
  const desk = useDesk()
  return useComputed(() => typists(desk.typing.value.get(id)) || names(desk.roster.company.value.get(id)?.typing)).value
}

function typists(all: readonly Participant[] | undefined): string {
  return names(all?.filter((p) => p.kind === 'agent'))
}

function names(all: readonly { name: string }[] | undefined): string {
  return (all ?? []).map((a) => a.name).join(', ')
}

/** Of two of them, as letters. */
function letters(names: string): string {
  return names.split(', ').slice(0, 2).map(initials).join(' ')
}
