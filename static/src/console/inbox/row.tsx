// One conversation in the list.
import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import type { Conversation, Message } from '../../shared/wire.gen'
import { type Desk, useDesk } from '../app/desk'
import { moment, shortTime } from '../app/times'
import { t } from '../app/words'
import { filesText } from '../attach/views'
import { RowCompany, useColleagueTyping } from '../team/company'
import { Icon } from '../ui/icons'
import { DraftMark, FlagMark, LanguageChip, Verified, visitorName } from '../ui/marks'
import { isOpen } from './order'
import { inUnits, secondsSince, type Urgency, urgency } from './waiting'

export const rowId = (conversation: string) => `row-${conversation}`

export interface RowProps {
  id: string
  at: number
  of: number
  top: number
}

export function Row({ id, at, of, top }: RowProps): JSX.Element | null {
  const desk = useDesk()
  const row = useComputed(() => desk.rows.value.get(id)).value
  const current = useComputed(() => desk.current.value === id).value
  if (!row) return null
  const site = desk.sites.value.length > 1 ? desk.siteName(row.site) : ''
  return (
    <div
      id={rowId(id)}
      role="option"
      tabIndex={-1}
      aria-selected={current}
      aria-posinset={at + 1}
      aria-setsize={of}
      class={`row${row.unread > 0 ? ' unread' : ''}${isOpen(row, desk.minute.value) ? '' : ' done'}`}
      style={{ top: `${top}px` }}
      onClick={() => desk.open(id, 'click')}
      onKeyDown={(e) => e.key === 'Enter' && desk.open(id, 'click')}
    >
      <span class="row-line">
        <LanguageChip tag={row.language} />
        <span class="who">
          <bdi class="name">{visitorName(row.visitor)}</bdi>
          {row.visitor.verified && <Verified />}
          {site && <span class="site">{site}</span>}
        </span>
        <When id={id} />
      </span>
      <span class="row-line">
        <span class="last">
          <LastLine row={row} desk={desk} />
        </span>
        <RowCompany id={id} />
        <Holder row={row} desk={desk} />
        <FlagMark n={row.flagged ?? 0} />
        {row.unread > 0 && (
          <span class="badge">
            <span aria-hidden="true">{row.unread > 99 ? '99+' : row.unread}</span>
            <span class="spoken">{t('row.unread', { n: row.unread })}</span>
          </span>
        )}
      </span>
    </div>
  )
}

// Only this part follows the clock, so that a second passing redraws a few words and not the list.
function When({ id }: { id: string }): JSX.Element | null {
  const desk = useDesk()
  const row = useComputed(() => desk.rows.value.get(id)).value
  // Text, because a computed that gives the same text again redraws nothing.
  const waits = useComputed(() => {
    const now = desk.rows.value.get(id)
    if (!now?.waiting_since || !isOpen(now, desk.minute.value)) return ''
    const seconds = secondsSince(now.waiting_since, desk.now.value)
    const { n, unit } = inUnits(seconds)
    return `${urgency(seconds)} ${t(`unit.${unit}`, { n })}`
  }).value
  if (!row) return null
  if (row.state === 'snoozed' && !isOpen(row, desk.minute.value)) {
    return (
      <span class="when">
        <Icon name="wake" size={14} />{' '}
        {row.snoozed_until ? moment(row.snoozed_until, desk.minute.value) : t('state.snoozed')}
      </span>
    )
  }
  if (!waits) return row.last ? <span class="when">{shortTime(row.last.at, desk.minute.value)}</span> : null
  const [level, ...time] = waits.split(' ') as [Urgency, ...string[]]
  return <span class={`when wait ${level}`}>{t(`wait.${level}`, { time: time.join(' ') })}</span>
}

function LastLine({ row, desk }: { row: Conversation; desk: Desk }): JSX.Element {
  const typing = useComputed(() => desk.typing.value.get(row.id)?.some((p) => p.kind === 'visitor') ?? false).value
  const colleague = useColleagueTyping(row.id)
  const draft = useComputed(() => desk.draft(row.id)).value
  // What is new comes before what one knows; the draft keeps its mark then.
  const news = typing ? t('typing.row') : colleague && t('typing.colleague', { name: colleague })
  if (draft && !news && row.unread === 0)
    return (
      <>
        <span class="draft">{t('row.draft')}</span>
        <span class="glance" dir="auto" translate={false}>
          {draft}
        </span>
      </>
    )
  return (
    <>
      <DraftMark text={draft} />
      {news ? <span class="typing">{news}</span> : <Said row={row} desk={desk} />}
    </>
  )
}

function Said({ row, desk }: { row: Conversation; desk: Desk }): JSX.Element {
  const last = row.last
  if (!last) return <span>{t('row.empty')}</span>
  if (last.kind === 'event') return <span class="event">{desk.eventText(last, row)}</span>
  const words = desk.glance(row)
  return (
    <>
      {prefix(last, desk)}
      <span class="glance" lang={words?.language} dir="auto" translate={false}>
        {words?.text.slice(0, 160) || filesText(last)}
      </span>
    </>
  )
}

function prefix(last: Message, desk: Desk): JSX.Element | null {
  if (last.kind === 'note') return <span class="by note">{t('row.note')}</span>
  if (last.author.kind === 'visitor') return null
  const mine = last.author.id === desk.myId.value
  return <span class="by">{mine ? t('row.you') : t('row.other', { name: last.author.name })}</span>
}

function Holder({ row, desk }: { row: Conversation; desk: Desk }): JSX.Element | null {
  if (row.invited?.includes(desk.myId.value)) return <span class="holder me">{t('invited.mark')}</span>
  if (!row.assignee) return null
  if (row.assignee === desk.myId.value)
    return desk.settings.tab.value === 'mine' ? null : <span class="holder me">{t('row.mine')}</span>
  const name = desk.personName(row.assignee, row)
  return (
    <span class="holder" title={t('assigned.to', { name })}>
      {name}
    </span>
  )
}
