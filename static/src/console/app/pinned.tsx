// The strip of open conversations above the one that is read: Alt and a number, or a click.
import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { inUnits, secondsSince, urgency } from '../inbox/waiting'
import { Icon } from '../ui/icons'
import { DraftMark, FlagMark, LanguageChip, visitorName } from '../ui/marks'
import { useDesk } from './desk'
import { t } from './words'

export function Pins(): JSX.Element | null {
  const desk = useDesk()
  const ids = useComputed(() => desk.pins.list.value.filter((id) => desk.rows.value.has(id))).value
  if (ids.length === 0) return null
  return (
    <nav class="pins" aria-label={t('pins.title')}>
      {ids.map((id) => (
        <Pinned key={id} id={id} at={desk.pins.list.value.indexOf(id)} />
      ))}
    </nav>
  )
}

function Pinned({ id, at }: { id: string; at: number }): JSX.Element | null {
  const desk = useDesk()
  const row = useComputed(() => desk.rows.value.get(id)).value
  const current = useComputed(() => desk.current.value === id).value
  const draft = useComputed(() => desk.draft(id)).value
  const waits = useComputed(() => {
    const r = desk.rows.value.get(id)
    if (!r?.waiting_since || r.state !== 'open') return ''
    const seconds = secondsSince(r.waiting_since, desk.now.value)
    const { n, unit } = inUnits(seconds)
    return `${urgency(seconds)} ${t(`unit.${unit}`, { n })}`
  }).value
  if (!row) return null
  const name = visitorName(row.visitor)
  return (
    <div class={`pin${current ? ' current' : ''}`}>
      <button
        type="button"
        class="pin-open"
        aria-current={current ? 'true' : undefined}
        aria-keyshortcuts={`Alt+${at + 1}`}
        title={t('pins.open', { name, n: at + 1 })}
        onClick={() => desk.open(id, 'click')}
      >
        <LanguageChip tag={row.language} />
        <bdi class="pin-name">{name}</bdi>
        {waits ? (
          <span class={`pin-wait ${waits.split(' ', 1)[0]}`}>{waits.slice(waits.indexOf(' ') + 1)}</span>
        ) : (
          <DraftMark text={draft} />
        )}
        <FlagMark n={row.flagged ?? 0} />
        {row.state === 'resolved' && (
          <span class="pin-wait">
            <Icon name="check" size={12} />
            <span class="spoken">{t('state.resolved')}</span>
          </span>
        )}
        {row.unread > 0 && !current && <span class="badge">{row.unread}</span>}
        <span class="cap" aria-hidden="true">
          {at + 1}
        </span>
      </button>
      <button
        type="button"
        class="pin-close"
        aria-label={t('pins.close', { name })}
        title={t('pins.close', { name })}
        onClick={() => desk.pins.remove(id)}
      >
        <Icon name="close" size={12} />
      </button>
    </div>
  )
}
