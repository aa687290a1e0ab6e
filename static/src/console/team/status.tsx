// How an agent has set himself, for himself to change and for colleagues to see.
import type { JSX } from 'preact'
import type { AgentStatus, Colleague } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { moment } from '../app/times'
import { t } from '../app/words'
import { MomentForm } from './moment-form'

/** Available, away, or when he is back. */
export function statusText({ status, until }: AgentStatus, now: number): string {
  if (status !== 'away') return t('status.available')
  return until ? t('status.back', { time: moment(until, now) }) : t('status.away')
}

/** The same of a colleague, who may have no console open. */
export function colleagueText(a: Colleague, now: number): string {
  return a.online || a.status === 'away' ? statusText(a, now) : t('status.offline')
}

/** A dot whose shape says it as well as its colour. */
export function StatusDot({ of, now }: { of: AgentStatus & { online?: boolean }; now: number }): JSX.Element {
  const kind = of.status === 'away' ? 'away' : of.online === false ? 'offline' : 'available'
  const text = kind === 'offline' ? t('status.offline') : statusText(of, now)
  return (
    <span class={`status-dot ${kind}`} title={text}>
      <span class="spoken">{text}</span>
    </span>
  )
}

/** In one's own menu. */
export function OwnStatus(): JSX.Element {
  const desk = useDesk()
  const mine = desk.status.value
  const online = desk.line.online.value
  return (
    <section>
      <h3 id="own.status">{t('status')}</h3>
      <div class="segments" role="radiogroup" aria-labelledby="own.status">
        {(['available', 'away'] as const).map((s) => (
          <label key={s} class={mine.status === s ? 'chosen' : undefined}>
            <input
              type="radio"
              name="own.status"
              checked={mine.status === s}
              disabled={!online}
              onChange={() => void desk.act.setStatus({ status: s })}
            />
            {t(`status.${s}`)}
          </label>
        ))}
      </div>
      {mine.status === 'away' && (
        <>
          <MomentForm
            key={mine.until ?? ''}
            label={t('status.until')}
            button={t('status.set')}
            chosen={mine.until}
            onChoose={(at) => void desk.act.setStatus({ status: 'away', until: at.toISOString() })}
          />
          <p class="own-hint">{t('status.hint')}</p>
        </>
      )}
    </section>
  )
}
